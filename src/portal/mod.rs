//! What guests do about themselves: the apps they may open, the organisations they belong to, what they agreed to, their sessions, and
//! leaving. Knows no HTTP and renders nothing.
