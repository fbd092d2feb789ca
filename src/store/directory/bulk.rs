//! Many invitations in one file: its lines, and what became of each.
