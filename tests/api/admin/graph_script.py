"""Invites a guest, manages them as customers' scripts do, and cleans up: written for https://graph.microsoft.com/v1.0, with the bodies of its
documentation. Only the base address and the token are others.

    graph_script.py BASE TOKEN
"""

import json
import sys
import urllib.error
import urllib.parse
import urllib.request

BASE, TOKEN = sys.argv[1], sys.argv[2]


def graph(method, path, body=None):
    url = path if path.startswith("http") else BASE + path
    data = None if body is None else json.dumps(body).encode()
    headers = {"Authorization": "Bearer " + TOKEN, "Content-Type": "application/json", "ConsistencyLevel": "eventual"}
    request = urllib.request.Request(url, data=data, headers=headers, method=method)
    try:
        with urllib.request.urlopen(request) as answer:
            text = answer.read()
            is_json = answer.headers.get("Content-Type", "").startswith("application/json")
            return answer.status, json.loads(text) if is_json else text.decode()
    except urllib.error.HTTPError as error:
        return error.code, json.loads(error.read())


def all_of(path):
    """Every page of a collection."""
    found = []
    while path:
        status, page = graph("GET", path)
        assert status == 200, (status, page)
        found += page["value"]
        path = page.get("@odata.nextLink")
    return found


def users(**query):
    return all_of("/users?" + urllib.parse.urlencode({"$" + name: value for name, value in query.items()}))


# "Create invitation", example 1: no mail; the answer has the link.
status, invitation = graph("POST", "/invitations", {
    "invitedUserEmailAddress": "admin@fabrikam.com",
    "inviteRedirectUrl": "https://myapp.contoso.com",
})
assert status == 201, (status, invitation)
print(invitation["status"])
assert "@odata.context" in invitation and invitation["inviteRedeemUrl"].startswith("http"), invitation
assert invitation["invitedUserEmailAddress"] == "admin@fabrikam.com", invitation
assert invitation["inviteRedirectUrl"].rstrip("/") == "https://myapp.contoso.com", invitation
assert (invitation["invitedUserType"], invitation["sendInvitationMessage"]) == ("Guest", False), invitation
user_id = invitation["invitedUser"]["id"]

# With a mail of our own words, as the documentation of `invitedUserMessageInfo` has it.
status, mailed = graph("POST", "/invitations", {
    "invitedUserDisplayName": "Y. Y.",
    "invitedUserEmailAddress": "yyy@test.example",
    "invitedUserMessageInfo": {
        "messageLanguage": "en-US",
        "ccRecipients": [{"emailAddress": {"name": None, "address": None}}],
        "customizedMessageBody": "Welcome to Contoso",
    },
    "sendInvitationMessage": True,
    "inviteRedirectUrl": "https://myapps.microsoft.com",
    "@odata.type": "#microsoft.graph.invitation",
})
assert status == 201, (status, mailed)

# Who has not come yet?
pending = users(filter="userType eq 'Guest' and externalUserState eq 'PendingAcceptance'", select="id,mail,externalUserState", top=1)
assert {user_id, mailed["invitedUser"]["id"]} <= {user["id"] for user in pending}, pending
assert set(pending[0]) <= {"id", "mail", "externalUserState"}, pending
status, count = graph("GET", "/users/$count?" + urllib.parse.urlencode({"$filter": "userType eq 'Guest'"}))
assert (status, int(count)) == (200, 2), (status, count)
[user] = users(filter="mail eq 'admin@fabrikam.com'")
assert (user["id"], user["userType"], user["creationType"]) == (user_id, "Guest", "Invitation"), user
assert "#EXT#@" in user["userPrincipalName"], user

# "Reset redemption status": the same guest, by another address.
status, reset = graph("POST", "/invitations", {
    "invitedUserEmailAddress": "new.admin@fabrikam.com",
    "sendInvitationMessage": True,
    "invitedUserMessageInfo": {
        "messageLanguage": "en-US",
        "ccRecipients": [{"emailAddress": {"name": None, "address": "manager@contoso.com"}}],
        "customizedMessageBody": "Please sign in with your new account",
    },
    "inviteRedirectUrl": "https://myapps.microsoft.com?tenantId=",
    "invitedUser": {"id": user_id},
    "resetRedemption": True,
})
assert status == 201, (status, reset)
assert (reset["invitedUser"]["id"], reset["resetRedemption"], reset["status"]) == (user_id, True, "PendingAcceptance"), reset

status, _ = graph("PATCH", "/users/" + user_id, {"displayName": "Admin", "accountEnabled": False})
assert status == 204, status
status, user = graph("GET", "/users/" + user_id + "?$select=id,mail,displayName,accountEnabled,externalUserState")
assert (user["mail"], user["displayName"], user["accountEnabled"]) == ("new.admin@fabrikam.com", "Admin", False), user
status, _ = graph("POST", "/users/" + user_id + "/sponsors/$ref", {"@odata.id": BASE + "/users/manager@contoso.example"})
assert status == 204, status
status, answer = graph("POST", "/users/" + user_id + "/revokeSignInSessions")
assert (status, answer["value"]) == (200, True), answer

status, problem = graph("POST", "/invitations", {"invitedUserEmailAddress": "not an address", "inviteRedirectUrl": "https://myapp.contoso.com"})
assert status == 400, status
assert problem["error"]["code"] == "BadRequest" and problem["error"]["message"], problem
assert problem["error"]["innerError"]["request-id"], problem

status, _ = graph("DELETE", "/users/" + user_id)
assert status == 204, status
status, problem = graph("GET", "/users/" + user_id)
assert (status, problem["error"]["code"]) == (404, "Request_ResourceNotFound"), problem
deleted = all_of("/directory/deletedItems/microsoft.graph.user?$select=id")
assert [user["id"] for user in deleted] == [user_id], deleted
status, restored = graph("POST", "/directory/deletedItems/" + user_id + "/restore")
assert (status, restored["displayName"]) == (200, "Admin"), restored
for path in ["/users/", "/directory/deletedItems/"]:
    status, _ = graph("DELETE", path + user_id)
    assert status == 204, (path, status)
print("done")
