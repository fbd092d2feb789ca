//! WHAT PARTNERS PUBLISH AND SEND, as values: XML read strictly, and metadata documents. No network, no clock, no trust: whether a
//! document is to be believed is for `upstream` to say.

pub mod metadata;
pub mod xml;
