//! Proof by type: a value in here was read from nodes whose signature a trusted key made.

use std::ops::Deref;

/// Proof that `T` was read from nodes whose signature a trusted key made. Only this room makes one.
pub struct Verified<T>(T);

impl<T> Verified<T> {
    /// To be called once everything about the nodes `value` was read from has been verified.
    pub(super) const fn read(value: T) -> Self {
        Self(value)
    }
}

impl<T> Deref for Verified<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}
