//! XML from outside, read strictly and cheaply: bounded before it is parsed, without DTD, and by one parser only (A2, A7, A17).
//!
//! Must not interpret; the documents' rooms do.
