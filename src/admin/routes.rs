//! Where each operation lives, below `/{tenant}/admin/v1`. Paths are those of Microsoft Graph, so that only the base changes in a script.

use super::permit::Operation;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Verb {
    Get,
    Post,
    Patch,
    Delete,
}

impl Verb {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Patch => "PATCH",
            Self::Delete => "DELETE",
        }
    }
}

/// One method of one address, and the operation it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Route {
    pub verb: Verb,
    pub path: &'static str,
    pub operation: Operation,
}

const fn at(verb: Verb, path: &'static str, operation: Operation) -> Route {
    Route { verb, path, operation }
}

use Operation as O;
use Verb::{Delete, Get, Patch, Post};

/// All there are. Of two that fit an address, the first is taken.
pub const ROUTES: &[Route] = &[
    at(Get, "/openapi.json", O::Describe),
    at(Post, "/invitations", O::Invite),
    at(Get, "/invitations", O::ListInvitations),
    at(Get, "/invitations/$count", O::CountInvitations),
    at(Post, "/invitations/bulk", O::InviteInBulk),
    at(Get, "/invitations/bulk/{id}", O::ShowBulk),
    at(Get, "/invitations/bulk/{id}/lines", O::ListBulkLines),
    at(Get, "/invitations/{id}", O::ShowInvitation),
    at(Get, "/invitations/{id}/timeline", O::ShowTimeline),
    at(Post, "/invitations/{id}/resend", O::ResendInvitation),
    at(Post, "/invitations/{id}/revoke", O::RevokeInvitation),
    at(Post, "/invitations/{id}/reissue", O::ReissueInvitation),
    at(Get, "/users", O::ListUsers),
    at(Get, "/users/$count", O::CountUsers),
    at(Get, "/users/{id}", O::ShowUser),
    at(Patch, "/users/{id}", O::UpdateUser),
    at(Delete, "/users/{id}", O::DeleteUser),
    at(Post, "/users/{id}/revokeSignInSessions", O::RevokeSessions),
    at(Get, "/users/{id}/sponsors", O::ListSponsors),
    at(Post, "/users/{id}/sponsors", O::AddSponsor),
    at(Post, "/users/{id}/sponsors/$ref", O::AddSponsor),
    at(Delete, "/users/{id}/sponsors/{sponsor}", O::RemoveSponsor),
    at(Delete, "/users/{id}/sponsors/{sponsor}/$ref", O::RemoveSponsor),
    at(Get, "/users/{id}/appRoleAssignments", O::ListAssignments),
    at(Post, "/users/{id}/appRoleAssignments", O::AssignApp),
    at(Delete, "/users/{id}/appRoleAssignments/{assignment}", O::UnassignApp),
    at(Get, "/directory/deletedItems/microsoft.graph.user", O::ListDeleted),
    at(Get, "/directory/deletedItems/{id}", O::ShowDeleted),
    at(Delete, "/directory/deletedItems/{id}", O::PurgeUser),
    at(Post, "/directory/deletedItems/{id}/restore", O::RestoreUser),
    at(Get, "/auditLogs", O::ListAuditLogs),
    at(Get, "/auditLogs/directoryAudits", O::ListAuditLogs),
    at(Get, "/agreements", O::ListAgreements),
    at(Get, "/agreements/{id}/acceptances", O::ListAcceptances),
];

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_method_of_an_address_is_one_operation_and_every_operation_has_an_address() {
        let places: BTreeSet<(Verb, &str)> = ROUTES.iter().map(|route| (route.verb, route.path)).collect();
        assert_eq!(places.len(), ROUTES.len());
        for operation in Operation::ALL {
            assert!(ROUTES.iter().any(|route| route.operation == *operation), "{operation:?} lives nowhere");
        }
    }

    #[test]
    fn what_only_reads_is_never_posted_and_what_changes_is_never_fetched() {
        for route in ROUTES {
            let name = route.operation.as_str();
            let reads = ["list", "count", "show", "describe"].iter().any(|word| name.starts_with(word));
            assert_eq!(reads, route.verb == Get, "{route:?}");
        }
    }
}
