//! Who may do what: one table, operation by permission. What it does not say is denied (`security.md` E8).

use std::collections::BTreeSet;

use crate::domain::permission::Permission::{
    self, AgreementReadAll as Agreements, AppRoleAssignmentReadWriteAll as Assign, AuditLogReadAll as Audit,
    DirectoryReadWriteAll as Directory, UserInviteAll as Inviter, UserReadAll as Read, UserReadWriteAll as Write,
};

/// Over whose invitations a permission reaches.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reach {
    /// What this client made itself; the rest is not there.
    Own,
    /// Everything of the tenant.
    Tenant,
}

use Reach::{Own, Tenant};

macro_rules! operations {
    ($($name:ident = $id:literal, $summary:literal, [$($permission:ident: $reach:ident),*];)*) => {
        /// What the management API can do; the smallest thing that is permitted.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Operation { $(#[doc = $summary] $name,)* }

        impl Operation {
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// Its name in the API's description, and in the log.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $id,)* }
            }

            pub const fn summary(self) -> &'static str {
                match self { $(Self::$name => $summary,)* }
            }

            /// The permissions that allow it, each by itself, and how far. None: it is open to anyone.
            pub const fn allowed_by(self) -> &'static [(Permission, Reach)] {
                match self { $(Self::$name => &[$(($permission, $reach)),*],)* }
            }
        }
    };
}

operations! {
    Invite = "invite", "Invite somebody, have a guest redeem anew, or convert an internal member", [Inviter: Own, Write: Tenant, Directory: Tenant];
    ListInvitations = "listInvitations", "List invitations, the newest first", [Inviter: Own, Read: Tenant, Write: Tenant, Directory: Tenant];
    CountInvitations = "countInvitations", "Count invitations", [Inviter: Own, Read: Tenant, Write: Tenant, Directory: Tenant];
    ShowInvitation = "showInvitation", "One invitation", [Inviter: Own, Read: Tenant, Write: Tenant, Directory: Tenant];
    ShowTimeline = "showTimeline", "What happened to one invitation, oldest first", [Inviter: Own, Write: Tenant, Audit: Tenant, Directory: Tenant];
    ResendInvitation = "resendInvitation", "Mail an invitation again, with a link of its own", [Inviter: Own, Write: Tenant, Directory: Tenant];
    RevokeInvitation = "revokeInvitation", "Make an invitation worth nothing", [Inviter: Own, Write: Tenant, Directory: Tenant];
    ReissueInvitation = "reissueInvitation", "Revoke an invitation and make a new one like it", [Inviter: Own, Write: Tenant, Directory: Tenant];
    InviteInBulk = "inviteInBulk", "Invite everybody in a file, line by line", [Inviter: Own, Write: Tenant, Directory: Tenant];
    ShowBulk = "showBulk", "How far a file of invitations is", [Inviter: Own, Read: Tenant, Write: Tenant, Directory: Tenant];
    ListBulkLines = "listBulkLines", "What became of each line of a file", [Inviter: Own, Read: Tenant, Write: Tenant, Directory: Tenant];
    ListUsers = "listUsers", "List guests, in the order they were added", [Read: Tenant, Write: Tenant, Directory: Tenant];
    CountUsers = "countUsers", "Count guests", [Read: Tenant, Write: Tenant, Directory: Tenant];
    ShowUser = "showUser", "One guest", [Read: Tenant, Write: Tenant, Directory: Tenant];
    UpdateUser = "updateUser", "Change a guest", [Write: Tenant, Directory: Tenant];
    DeleteUser = "deleteUser", "Delete a guest, who can be restored for 30 days", [Write: Tenant, Directory: Tenant];
    RevokeSessions = "revokeSignInSessions", "Sign a guest out everywhere", [Write: Tenant, Directory: Tenant];
    ListSponsors = "listSponsors", "Who answers for a guest", [Read: Tenant, Write: Tenant, Directory: Tenant];
    AddSponsor = "addSponsor", "Add somebody who answers for a guest", [Write: Tenant, Directory: Tenant];
    RemoveSponsor = "removeSponsor", "Take a sponsor away", [Write: Tenant, Directory: Tenant];
    ListAssignments = "listAppRoleAssignments", "To which apps a guest is assigned", [Assign: Tenant, Directory: Tenant];
    AssignApp = "addAppRoleAssignment", "Assign a guest to an app", [Assign: Tenant, Directory: Tenant];
    UnassignApp = "removeAppRoleAssignment", "Take an assignment away", [Assign: Tenant, Directory: Tenant];
    ListDeleted = "listDeletedUsers", "List deleted guests", [Read: Tenant, Write: Tenant, Directory: Tenant];
    ShowDeleted = "showDeletedUser", "One deleted guest", [Read: Tenant, Write: Tenant, Directory: Tenant];
    RestoreUser = "restoreUser", "Bring back a deleted guest, as they were", [Write: Tenant, Directory: Tenant];
    PurgeUser = "purgeUser", "Remove a deleted guest for good, with every consent on record", [Write: Tenant, Directory: Tenant];
    ListAuditLogs = "listDirectoryAudits", "What happened in the tenant, the newest first", [Audit: Tenant, Directory: Tenant];
    ListAgreements = "listAgreements", "Terms of use, with their versions", [Agreements: Tenant, Directory: Tenant];
    ListAcceptances = "listAcceptances", "Who accepted or declined terms of use", [Agreements: Tenant, Directory: Tenant];
    Describe = "describe", "This description", [];
}

impl Operation {
    /// How far these permissions reach; `None`: denied.
    pub fn reach(self, held: &BTreeSet<Permission>) -> Option<Reach> {
        let allowed = self.allowed_by();
        if allowed.is_empty() {
            return Some(Tenant);
        }
        allowed.iter().filter(|(permission, _)| held.contains(permission)).map(|(_, reach)| *reach).max()
    }

    /// Whether anybody may, without a token.
    pub const fn is_open(self) -> bool {
        self.allowed_by().is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The same matrix, written down a second time by hand: permission by permission.
    const MAY: &[(Permission, &str)] = &[
        (
            Inviter,
            "invite listInvitations countInvitations showInvitation showTimeline resendInvitation revokeInvitation reissueInvitation \
             inviteInBulk showBulk listBulkLines",
        ),
        (
            Read,
            "listInvitations countInvitations showInvitation showBulk listBulkLines listUsers countUsers showUser listSponsors \
             listDeletedUsers showDeletedUser",
        ),
        (
            Write,
            "invite listInvitations countInvitations showInvitation showTimeline resendInvitation revokeInvitation reissueInvitation \
             inviteInBulk showBulk listBulkLines listUsers countUsers showUser updateUser deleteUser revokeSignInSessions listSponsors addSponsor removeSponsor \
             listDeletedUsers showDeletedUser restoreUser purgeUser",
        ),
        (Agreements, "listAgreements listAcceptances"),
        (Audit, "showTimeline listDirectoryAudits"),
        (Assign, "listAppRoleAssignments addAppRoleAssignment removeAppRoleAssignment"),
    ];

    #[test]
    fn each_permission_by_itself_allows_what_is_written_here_and_nothing_else() {
        for permission in Permission::ALL {
            let only = BTreeSet::from([*permission]);
            for operation in Operation::ALL {
                let listed = MAY
                    .iter()
                    .find(|(of, _)| of == permission)
                    .is_some_and(|(_, may)| may.split_whitespace().any(|word| word == operation.as_str()));
                let expected = listed || *permission == Directory || *operation == Operation::Describe;
                assert_eq!(operation.reach(&only).is_some(), expected, "{permission:?} {operation:?}");
                let is_own = expected && *permission == Inviter && *operation != Operation::Describe;
                assert_eq!(operation.reach(&only) == Some(Own), is_own, "{permission:?} {operation:?}");
            }
        }
    }

    #[test]
    fn nothing_is_allowed_without_a_permission_but_to_read_the_description() {
        let open: Vec<&Operation> = Operation::ALL.iter().filter(|operation| operation.reach(&BTreeSet::new()).is_some()).collect();
        assert_eq!(open, [&Operation::Describe]);
    }

    #[test]
    fn the_widest_permission_decides_and_every_operation_has_a_name_of_its_own() {
        assert_eq!(Operation::ListInvitations.reach(&BTreeSet::from([Inviter, Read])), Some(Tenant));
        let names: BTreeSet<&str> = Operation::ALL.iter().map(|operation| operation.as_str()).collect();
        assert_eq!(names.len(), Operation::ALL.len());
    }
}
