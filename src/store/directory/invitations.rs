//! Invitations and the handles in their links, read and written whole.
