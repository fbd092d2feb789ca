//! The very words that somebody agreed to, by their hash.
