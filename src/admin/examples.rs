//! Examples for the API's description.

use serde_json::{Value, json};

use super::permit::Operation;

pub(super) fn invitation_asked() -> Value {
    json!({
        "invitedUserEmailAddress": "ana@fabrikam.example",
        "inviteRedirectUrl": "https://portal.contoso.example/",
        "sendInvitationMessage": true,
        "invitedUserMessageInfo": { "customizedMessageBody": "Welcome, Ana.", "messageLanguage": "en-US" },
    })
}

pub(super) fn invitation() -> Value {
    json!({
        "id": "01980c2f5c6a7e4c9b0a4d1e5f607182",
        "inviteRedeemUrl": "https://login.example.org/contoso/redeem?ticket=…",
        "invitedUserDisplayName": null,
        "invitedUserType": "Guest",
        "invitedUserEmailAddress": "ana@fabrikam.example",
        "sendInvitationMessage": false,
        "resetRedemption": false,
        "inviteRedirectUrl": "https://portal.contoso.example/",
        "status": "PendingAcceptance",
        "invitedUser": { "id": "01980c2f5c6a7e4c9b0a4d1e5f607183" },
    })
}

/// What a refusal of this status means here.
pub(super) const fn reason(status: u16) -> &'static str {
    match status {
        400 => "A property, a filter or the query can't be read; the detail names it",
        401 => "No token, or one that is not for this API of this tenant",
        403 => "The token lacks a permission, or a rule of the tenant says no",
        404 => "There is no such thing in this tenant",
        409 => "Somebody or something is in the way; the detail says what, and the cure",
        413 => "The body is too long",
        429 => "Too many requests; wait as Retry-After says",
        _ => "A store can't be reached; wait as Retry-After says",
    }
}

pub(super) fn problem(status: u16) -> Value {
    let (code, title, graph) = match status {
        400 => ("GH5003", "The request can’t be understood", "BadRequest"),
        401 => ("GH5001", "The request isn’t authenticated", "InvalidAuthenticationToken"),
        403 => ("GH5002", "This isn’t permitted", "Authorization_RequestDenied"),
        404 => ("GH5004", "There is no such thing here", "Request_ResourceNotFound"),
        409 => ("GH5009", "This guest is in already", "Conflict"),
        413 => ("GH1019", "This request is too large", "RequestEntityTooLarge"),
        429 => ("GH5023", "Too many requests for now", "TooManyRequests"),
        _ => ("GH9002", "We need a moment", "ServiceUnavailable"),
    };
    json!({
        "type": format!("urn:gatehouse:error:{code}"),
        "title": title,
        "status": status,
        "code": code,
        "reference": "4d1e5f607182",
        "error": {
            "code": graph,
            "message": format!("{code}: {title}"),
            "innerError": { "date": "2026-11-20T12:00:00Z", "request-id": "4d1e5f607182" },
        },
    })
}

/// The forms of `$filter` that a collection takes.
pub(super) const fn filter(operation: Operation) -> &'static str {
    match operation {
        Operation::ListUsers | Operation::ListDeleted => {
            "id eq, mail eq, userPrincipalName eq, otherMails/any(x:x eq '…'), proxyAddresses/any(x:x eq '…'), startsWith(mail,'…'), \
             externalUserState eq, userType eq, accountEnabled eq, joined by and"
        }
        Operation::CountUsers => "As of the list, without startsWith",
        Operation::ListInvitations | Operation::CountInvitations => "invitedUserEmailAddress eq '…', status eq '…', joined by and",
        Operation::ListAuditLogs => "activityDisplayName eq '…', targetResources/any(t:t/id eq '…'), joined by and",
        _ => "Not supported here",
    }
}
