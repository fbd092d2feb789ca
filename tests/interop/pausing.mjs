// Lets a test stop a peer at a named place, do something to the world, and let it go on.
import { createInterface } from 'node:readline';

/// A function that, at a place in `places`, prints {"paused": place}, waits for a line, and answers the JSON object in it, if any.
export function pausing(places = []) {
  const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
  return async function pause(place) {
    if (!places.includes(place)) return {};
    console.log(JSON.stringify({ paused: place }));
    const { value } = await lines.next();
    return value?.startsWith('{') ? JSON.parse(value) : {};
  };
}
