//! Who may do what by the management API: application permissions in Graph's words. What is not named is denied.

use serde::{Deserialize, Serialize};

macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$of:meta])* $variant:ident = $word:literal,)* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, schemars::JsonSchema)]
        pub enum $name { $($(#[$of])* #[serde(rename = $word)] $variant,)* }

        impl $name {
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word,)* }
            }

            pub fn parse(text: &str) -> Option<Self> {
                match text { $($word => Some(Self::$variant),)* _ => None }
            }
        }
    };
}

words! {
    /// What an app may be permitted.
    Permission {
        /// Invite guests, and see, resend and revoke its own invitations.
        UserInviteAll = "User.Invite.All",
        /// Read guests.
        UserReadAll = "User.Read.All",
        /// Read and change guests, delete and restore them, reset redemptions; invite.
        UserReadWriteAll = "User.ReadWrite.All",
        /// All of it.
        DirectoryReadWriteAll = "Directory.ReadWrite.All",
        /// Read terms of use and who accepted them.
        AgreementReadAll = "Agreement.Read.All",
        /// Read what happened: timelines of every invitation.
        AuditLogReadAll = "AuditLog.Read.All",
        /// Assign guests to apps.
        AppRoleAssignmentReadWriteAll = "AppRoleAssignment.ReadWrite.All",
    }
}
