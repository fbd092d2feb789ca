//! Answers of the management API under their callers' keys.
