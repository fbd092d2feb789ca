//! Which guests are assigned to which apps.
