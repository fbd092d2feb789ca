//! The management API in words: who may do what, and what the shapes of Microsoft Graph mean here. Knows no HTTP; every change is made
//! by `guests`.
