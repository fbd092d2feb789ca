//! Configuration as an operator meets it: broken folders and what `gatehouse check` says of each, the samples, the schemas.

mod cases;
mod hostile;
mod loading;
mod samples;
