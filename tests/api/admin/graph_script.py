"""Invites a guest, waits for nobody, and cleans up: as written for https://graph.microsoft.com/v1.0, whose documented body this is.

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
    headers = {"Authorization": "Bearer " + TOKEN, "Content-Type": "application/json"}
    request = urllib.request.Request(url, data=data, headers=headers, method=method)
    try:
        with urllib.request.urlopen(request) as answer:
            text = answer.read()
            return answer.status, json.loads(text) if text else None
    except urllib.error.HTTPError as error:
        return error.code, json.loads(error.read())


# POST https://graph.microsoft.com/v1.0/invitations, the example of its documentation.
status, invitation = graph("POST", "/invitations", {
    "invitedUserEmailAddress": "yyy@test.example",
    "inviteRedirectUrl": "https://myapps.microsoft.com",
    "invitedUserDisplayName": "Y. Y.",
    "invitedUserMessageInfo": {
        "messageLanguage": None,
        "ccRecipients": [{"emailAddress": {"name": None, "address": None}}],
        "customizedMessageBody": None,
    },
    "sendInvitationMessage": False,
    "@odata.type": "#microsoft.graph.invitation",
})
assert status == 201, (status, invitation)
print(invitation["status"])
assert invitation["inviteRedeemUrl"].startswith("http")
user_id = invitation["invitedUser"]["id"]

status, user = graph("GET", "/users/" + user_id + "?$select=id,mail,userType,externalUserState")
assert (status, user["mail"], user["userType"]) == (200, "yyy@test.example", "Guest"), user

query = urllib.parse.urlencode({"$filter": "userType eq 'Guest' and externalUserState eq 'PendingAcceptance'", "$top": 1})
status, page = graph("GET", "/users?" + query)
found = [user["id"] for user in page["value"]]
while "@odata.nextLink" in page:
    status, page = graph("GET", page["@odata.nextLink"])
    found += [user["id"] for user in page["value"]]
assert user_id in found, found

status, _ = graph("PATCH", "/users/" + user_id, {"displayName": "Yvonne Y."})
assert status == 204, status
status, _ = graph("POST", "/users/" + user_id + "/sponsors/$ref", {"@odata.id": BASE + "/users/manager@contoso.example"})
assert status == 204, status

status, problem = graph("POST", "/invitations", {"invitedUserEmailAddress": "not an address", "inviteRedirectUrl": "https://myapps.microsoft.com"})
assert status == 400, status
assert problem["error"]["code"] == "BadRequest" and problem["error"]["message"], problem

status, _ = graph("DELETE", "/users/" + user_id)
assert status == 204, status
status, restored = graph("POST", "/directory/deletedItems/" + user_id + "/restore")
assert (status, restored["displayName"]) == (200, "Yvonne Y."), restored
print("done")
