# Gatehouse, English. One message per line; no HTML. Variables are the same in every language.

## Every page
skip-to-content = Skip to content
language-switch = Language
page-title = { $page } · { $tenant }
page-title-wrong = Error: { $page } · { $tenant }
reference = Reference { $reference }
use-another-address = Use another address
use-another-account = Use another account

## Sign in
signin-title = Sign in
signin-lead = to continue to { $app }
signin-address-label = Email address
signin-address-hint = The one you were invited with, or your work address.
signin-continue = Continue
signin-or = or
signin-with = Continue with { $provider }
signin-options = Sign-in options
signin-options-text = You do not need a new password for { $tenant }. Type your email address and we take you to the sign-in page of your own organization, or send you a code by email if it has none.
signin-organization = Sign in to another organization

## Account picker
picker-title = Choose an account
picker-lead = This address has more than one account. Choose the one you use with { $tenant }.

## Create a Microsoft account
create-title = Create a Microsoft account
create-lead = To sign in to { $tenant } with this address, you need a Microsoft account. It is free, and you keep your address.
create-what-next = Microsoft asks you to confirm the address and choose a way to sign in. After that you come straight back here.
create-continue = Continue to Microsoft

## Passcode
passcode-title = Enter your code
passcode-lead = If this address can receive a code, it is on its way:
passcode-label = { $digits ->
    [one] { $digits }-digit code
   *[other] { $digits }-digit code
}
passcode-new-account = Your organization has no sign-in that we know. With this code you get an account for this address; there is no password to remember.
passcode-lifetime = { $minutes ->
    [one] The code works for one minute.
   *[other] The code works for { $minutes } minutes.
}
passcode-continue = Sign in
passcode-wrong = { $tries ->
    [one] That code does not match. You can try one more time.
   *[other] That code does not match. You can try { $tries } more times.
}
passcode-dead = This code no longer works. Ask for a new one below and enter that.
passcode-resent = If this address can receive a code, a new one is on its way. Only the newest works.
passcode-too-soon = The last code was sent a moment ago. Give it a little time to arrive, then ask again.
passcode-help = No code yet?
passcode-help-sender = Look in your junk folder too. The message comes from { $sender }.
passcode-help-junk = Look in your junk folder too.
passcode-resend = Send a new code
passcode-resend-gap = { $seconds ->
    [one] Codes are sent at least one second apart.
   *[other] Codes are sent at least { $seconds } seconds apart.
}

## Review permissions: what is agreed to, word for word
consent-title = Review permissions
consent-asks = { $organization } ({ $domain }) asks for your permission to know you as a guest.
consent-app = You are signing in to { $app }.
consent-shares = By accepting, you allow { $organization } to receive from your account:
consent-shares-name = Your name
consent-shares-email = Your email address
consent-shares-photo = Your photo
consent-shares-identifiers = Your directory identifiers, which let { $organization } recognize and manage your guest account
consent-statement = Privacy statement of { $organization }:
consent-no-links = { $organization } has not provided links to their terms for you to review.
consent-contact = Questions about your personal information:
consent-trust = Accept only if you trust { $organization }. Your password is never shared.

## Review permissions: around it
consent-accept = Accept
consent-decline = Decline
consent-signed-in = Signed in as
consent-via = through { $provider }
consent-decline-hint = If you decline, nothing is shared and you can come back at any time.

## On the way back to the app
formpost-title = Taking you to { $app }
formpost-text = If nothing happens within a few seconds, choose Continue.
formpost-continue = Continue

## On the way to the identity provider
leave-title = On to { $provider }
leave-text = If nothing happens within a few seconds, choose Continue.
leave-continue = Continue

## Finished
done-title = You are all set
done-text = This sign-in is complete. You can close this window.
done-back = Go to { $app }

## Sign out
signout-title = Sign out of { $tenant }?
signout-text = You will be signed out in this browser. Apps you have open may keep their own session for a while.
signout-button = Sign out
signedout-title = You are signed out
signedout-text = You can close this window.
signedout-partner-text = Your session at { $provider } may still be open. On a shared computer, sign out there too, or close every browser window.

## Errors: around the text
error-code = Code
error-reference = Reference number
error-keep = If you ask someone for help, give them these two.
error-wrong-account = This sign-in is for { $expected }. You signed in as { $proven }.
error-start-again = Start again
error-back = Back to { $app }

## Mail
mail-passcode-subject = Your code for { $tenant }
mail-passcode-greeting = Hello,
mail-passcode-intro = Here is your code to sign in to { $tenant }:
mail-passcode-preheader = { $code } is your code. It works once.
mail-passcode-expires = { $minutes ->
    [one] It works once, for one minute.
   *[other] It works once, for { $minutes } minutes.
}
mail-passcode-where = Enter it on the page where you asked for it. Nobody from { $tenant } will ever ask you to tell them this code.
mail-passcode-ignore = If you did not ask for a code, you can ignore this message. Without the code nobody can sign in with your address.
mail-passcode-footer = Sent to { $address } because someone entered this address on the sign-in page of { $tenant }.

## Invitation: the page and what may go wrong
redeem-title = { $tenant } invites you
redeem-lead = { $tenant } ({ $domain }) invites you as a guest.
redeem-lead-by = { $inviter } invites you as a guest of { $tenant } ({ $domain }).
redeem-app = It is for the app { $app }.
redeem-apps = It is for the apps that are shared with you there.
redeem-message = A message for you
redeem-for = This invitation is for
redeem-accept = Accept invitation
redeem-nothing-yet = Nothing happens before you sign in. We take you to your own sign-in, and nothing is shared until you agree.
redeem-unexpected = Didn’t expect this? Then do nothing.
redeem-block = No more invitations from { $tenant }
block-title = No more invitations from { $tenant }?
block-text = { $tenant } will send no further invitations to this address. What you accepted before stays as it is.
block-button = Block further invitations
block-done-title = You will get no more invitations
block-done-text = { $tenant } sends no further invitations to this address. To be invited again, tell your contact there.
mismatch-title = Is this you, too?
mismatch-lead = { $tenant } invited a different address from the one you signed in with.
mismatch-accounts = These are the two addresses:
mismatch-invited = Invited
mismatch-proven = Signed in
mismatch-both = Both are mine
mismatch-both-hint = Then you become a guest with the account you signed in with, and use it from now on.
sign-in-as = Sign in with { $address }
error-my-apps = Go to My Apps

## Invitation mail
mail-invitation-subject = { $inviter } invited you to access applications within their organization.
mail-invitation-subject-unnamed = { $tenant } invited you to access applications within their organization.
mail-invitation-heading = { $inviter } has invited you to { $tenant }
mail-invitation-heading-unnamed = You are invited to { $tenant }
mail-invitation-message = Message from { $inviter }:
mail-invitation-message-unnamed = Message from { $tenant }:
mail-invitation-button = Accept invitation
mail-invitation-leads = You sign in with { $address } and then go to { $destination }.
mail-invitation-stays = Keep this message: once you have accepted, the link leads you back to { $destination } whenever you need it.
mail-invitation-expires = Please accept by { $day }. After that the invitation is no longer valid.
mail-invitation-ignore = If you do not want to accept, you need not do anything. As long as you do not accept, nobody can sign in in your name.
mail-link-plain = If the button does not work, copy this address into your browser:
mail-warning-title = Do you expect this message?
mail-warning = Only accept this invitation if you know { $tenant } and expected to be invited. Nobody will ask you for a password by email.
mail-warning-notice = Only open the link if you know { $tenant }. Nobody will ask you for a password by email.
mail-notice-subject = You now have access to applications of { $tenant }
mail-notice-heading = { $inviter } has given you access to { $tenant }
mail-notice-heading-unnamed = You now have access to { $tenant }
mail-notice-why = You need not accept anything: your organization and { $tenant } have agreed on that.
mail-notice-button = Open { $destination }
mail-notice-leads = You sign in with { $address }, as you do in your own organization, and then go to { $destination }.
mail-notice-stays = Keep this message: the link leads you back to { $destination } whenever you need it.
mail-terms-subject = { $tenant } is changing its terms: { $terms }
mail-terms-heading = { $tenant } is changing the terms “{ $terms }”
mail-terms-effective = The new terms apply from { $day }.
mail-terms-asked = You will be asked to read and accept them the next time you sign in after that.
mail-terms-nothing = You need not do anything now.
mail-terms-button = Read them in My account
mail-footer-why = Sent to { $address } on behalf of { $tenant }.
mail-footer-statement = Privacy statement of { $tenant }
mail-footer-no-statement = { $tenant } has not provided a privacy statement.
mail-footer-contact = Questions:
mail-footer-block = Block future invitations
mail-day = { $day } { $month ->
    [1] January
    [2] February
    [3] March
    [4] April
    [5] May
    [6] June
    [7] July
    [8] August
    [9] September
    [10] October
    [11] November
   *[12] December
} { $year }

## Terms of use
terms-title = Terms of use
terms-step = { $number } of { $count }
terms-asks = { $tenant } asks you to accept these terms before you go on.
terms-version = Version { $version }.
terms-language = This document is available only in { $language }.
terms-open = Open the document
terms-open-pdf = Open the document (PDF, { $size } KB)
terms-must-open = Please open and read the document before you accept it.
terms-reminder = You have not opened the document yet. Open it first, then accept.
terms-decline-hint = If you decline, you can’t go on now. You can sign in again at any time and accept.
terms-back = Back

## My Apps and My account
apps-title = My Apps
apps-lead = The apps { $tenant } has opened to you.
apps-none = { $tenant } hasn’t opened any app to you yet. Your contact there can tell you more.
apps-search-label = Find an app
apps-search = Search
apps-nothing = Nothing found for “{ $query }”.
apps-all = Show all apps
apps-terms-wait = { $tenant } asks you to accept “{ $terms }” anew. You can go on without it until { $date }. After that you are asked when you sign in.
portal-via-mail = with a code by email
account-title = My account
account-you = You
account-name = Name
account-addresses = { $count ->
    [one] Email address
   *[other] Email addresses
}
account-sign-in = How you sign in
account-since = Guest since
account-organizations = Organizations you belong to
account-here = You are here
account-pending = Invited
account-agreements = What you accepted or declined
account-accepted = Accepted
account-declined = Declined
account-counts-until = counts until { $date }
account-counted-until = counted until { $date }
account-agreements-none = Nothing was asked of you so far.
account-version = Version { $version }
account-for-app = for { $app }
account-read = Read
account-read-this = Read { $document }
account-download = Download
account-download-this = Download { $document }
account-sessions = Where you are signed in
account-session-this = This browser
account-session-other = Another browser
account-session-since = since { $date }
account-session-end = Sign out there
account-session-end-this = Sign out the browser that has been signed in since { $date }
account-everywhere = Sign out everywhere
account-everywhere-hint = Ends every session at { $tenant }, this one included. Apps you have open may keep their own session for a while.
account-leaving = Leave the organization
account-leaving-hint = You can end your time as a guest of { $tenant } yourself. You are asked once more before anything happens.
leaving-title = Leave { $tenant }?
leaving-access = You lose access to { $tenant } and its apps at once, in every browser.
leaving-restore = For 30 days { $tenant } can bring you back with everything as it was. After that your guest account is removed for good.
leaving-others = Your own account, where you sign in, stays as it is. So do other organizations you belong to.
leaving-confirm = I understand this and want to leave { $tenant }.
leaving-unconfirmed = Tick the box to say that you mean it.
leaving-button = Leave { $tenant }
leaving-stay = Stay
goodbye-title = You have left { $tenant }
goodbye-text = You are signed out everywhere, and its apps no longer open to you.
goodbye-back = If you want to come back, write to your contact at { $tenant }. For 30 days your guest account can be restored as it was; after that you can be invited again.
error-write = Write to { $contact }
date-day = { $day } { $month } { $year }
date-minute = { $date }, { $time } UTC
month-1 = January
month-2 = February
month-3 = March
month-4 = April
month-5 = May
month-6 = June
month-7 = July
month-8 = August
month-9 = September
month-10 = October
month-11 = November
month-12 = December

## Organisations
organization-title = Sign in to an organization
organization-lead = Tell us which organization you are visiting, and we take you to its sign-in page.
organization-label = Domain of the organization
organization-hint = Such as example.com. It is in the invitation you received; some organizations are found by their name, too.
organization-remembered = Visited from this browser
organization-forget = Forget this list
confirm-organization-title = Is this the one?
confirm-organization-lead = You are about to sign in to:
confirm-organization-continue = Continue to { $organization }
confirm-organization-cancel = Choose another organization

## In an app’s own window
elsewhere-title = Continue in your browser
elsewhere-lead = { $provider } does not show its sign-in page in an app’s own window. Sign in with a browser you trust, on this device or another, and then come back here.
elsewhere-there = Open this address in a browser
elsewhere-code = and enter this code:
elsewhere-open = Open it from here
elsewhere-continue = I have signed in: continue
elsewhere-new-code = Show a new code
elsewhere-over = This code has expired.
elsewhere-looking = This page checks every few seconds whether you are done.
elsewhere-pause = Stop checking
elsewhere-passcode = Get a code by email instead
elsewhere-done-title = You are signed in
elsewhere-done-text = { $provider } has confirmed who you are. Go on here.
device-title = Enter the code
device-lead = An app shows you a code of nine letters. Enter it here to sign in with this browser.
device-label = Code from the app
device-continue = Continue
device-confirm-title = Did you start this?
device-confirm-what = { $app } at { $tenant } asks who you are.
device-confirm-since = { $minutes ->
    [0] The code has been shown for less than a minute.
    [one] The code has been shown for one minute.
   *[other] The code has been shown for { $minutes } minutes.
}
device-confirm-warning = Only continue if you started this yourself, a moment ago, and see the code in the app in front of you. If somebody sent you the code, they want to sign in as you.
device-confirm-continue = Continue to { $provider }
device-confirm-else = Otherwise close this page. Nothing has happened yet.
device-done-title = You are signed in
device-done-text = You can close this tab and go back to { $app }.

## The app's request
error-gh1001-title = We don’t know this organization
error-gh1001-text = No organization is registered at this address. Check the link for typing mistakes, or ask the person who sent it to you for a new one.
error-gh1002-title = There is no page here
error-gh1002-text = The address leads nowhere, or the page has moved. Go back to the app you came from and start from there.
error-gh1003-title = This app isn’t registered here
error-gh1003-text = The app that sent you is not known to this organization, so we stopped before anything was shared. Tell the people who run the app; they can register it.
error-gh1004-title = We can’t send you back to this app
error-gh1004-text = The app asked us to return you to an address it has not registered. To keep you safe we stopped here. Tell the people who run the app; they can register the address.
error-gh1005-title = The app’s request is unclear
error-gh1005-text = The app sent the same setting twice, so we can’t tell which one counts. Go back to the app and try again; if it happens again, tell the people who run it.
error-gh1006-title = The app asks for something we don’t offer
error-gh1006-text = The app asked for a kind of answer that is not available here: only the authorization code is. The people who run the app can change this.
error-gh1007-title = The app asks for something we don’t offer
error-gh1007-text = The app asked to be answered in a way that is not available here: only “query” and “form_post” are. The people who run the app can change this.
error-gh1008-title = The app’s request is incomplete
error-gh1008-text = The app did not ask for the “openid” scope, and sign-in needs it. The people who run the app can add it.
error-gh1009-title = The app’s request is incomplete
error-gh1009-text = The app left out a protection that every sign-in here must have: PKCE with S256. The people who run the app can turn it on.
error-gh1010-title = The app’s request is unclear
error-gh1010-text = The app’s wishes about what to show you contradict each other or are unknown (“prompt”). The people who run the app can correct this.
error-gh1011-title = The app’s request is unclear
error-gh1011-text = The app’s limit for the age of your sign-in is not a number of seconds (“max_age”). The people who run the app can correct this.
error-gh1012-title = The app’s request is too long
error-gh1012-text = Part of the app’s request is longer than we can keep. Go back to the app and try again; if it happens again, tell the people who run it.
error-gh1013-title = The app asks for something we don’t offer
error-gh1013-text = The app sent its request as a signed object (“request”), which is not available here. The people who run the app can send plain parameters instead.
error-gh1014-title = The app asks for something we don’t offer
error-gh1014-text = The app sent its request by reference (“request_uri”), which is not available here. The people who run the app can send plain parameters instead.
error-gh1015-title = You are not signed in
error-gh1015-text = The app asked whether you are signed in, and you are not at the moment. Go back to the app and sign in there.
error-gh1016-title = Your permission is still needed
error-gh1016-text = Before the app can continue you have to review what is shared with the organization. Go back to the app and sign in there to do so.
error-gh1017-title = We couldn’t read this request
error-gh1017-text = What arrived here was damaged, incomplete or too large. Go back to the app you came from and start again.
error-gh1018-title = This page can’t be used like that
error-gh1018-text = The address exists, but not for this kind of request. Go back to the app you came from and start again.
error-gh1019-title = That was more than we can take
error-gh1019-text = What was sent to this page is larger than we accept. Go back and try again with less.
error-gh1020-title = The app asks for something we don’t offer
error-gh1020-text = The app sent its registration along with the request (“registration”), which is not available here. The people who run the app can register it with the organization instead.

## Your way
error-gh2001-title = This sign-in has ended
error-gh2001-text = It is already finished, took too long, or was begun in another browser or in one that keeps no cookies. Nothing is lost: start again from the app.
error-gh2002-title = Check the email address
error-gh2002-text = That does not look like a complete email address. It should be like name@example.com.
error-gh2003-title = Nothing was shared
error-gh2003-text = You chose not to share your information, so the app can’t let you in. If you change your mind, simply sign in again.
error-gh2004-title = There is no way in with this address
error-gh2004-text = This organization has not opened a way to sign in for this address. Try another address you have, or ask the person who invited you.
error-gh2005-title = Please use your invitation link
error-gh2005-text = The first time, this address has to come in through the link in the invitation mail. Open that link; after that you can come here directly.
error-gh2006-title = Your organization doesn’t know this account yet
error-gh2006-text = Your organization runs its own sign-in, and this address has no account there. Ask your IT department for an account, or try another address.
error-gh2007-title = Your organization manages its own accounts
error-gh2007-text = Your organization does not allow accounts that are confirmed only by email. Ask your IT department for an account, or try another address.
error-gh2008-title = You are not on the guest list yet
error-gh2008-text = Your sign-in worked, but this organization has not invited this account. Ask your contact there to invite it, or sign in with the account that was invited.
error-gh2009-title = Your guest access is paused
error-gh2009-text = This organization has blocked your guest account for now. Your contact there can tell you more and lift the block.
error-gh2010-title = That was a different account
error-gh2010-text = You signed in with another account than this sign-in is for. Start again and choose the right one; a private window helps if your browser picks one by itself.
error-gh2011-title = This account isn’t the one we know
error-gh2011-text = The address is familiar, but the account behind it has changed. To protect you we stopped here. Ask your contact at the organization to confirm that it is you.
error-gh2012-title = Too many codes for now
error-gh2012-text = Many codes were asked for in a short time. Wait about 15 minutes, look in your junk folder for the last one, then try again.
error-gh2013-title = Too many wrong codes for now
error-gh2013-text = To protect your address we have paused codes for it. Wait about 15 minutes, then start again with a new code.
error-gh2014-title = This page was out of date
error-gh2014-text = The page was sent twice or had been open for too long, so nothing was changed. Start again from the app.
error-gh2015-title = The way to your organization is closed
error-gh2015-text = The organization you are visiting has set up your domain in a way that can’t be used here. Give them the code and the reference number; they can correct it.
error-gh2016-title = Too many addresses were tried
error-gh2016-text = Many different addresses were entered from your network within a minute. Wait a minute, then try again.
error-gh2017-title = You are no longer on the guest list
error-gh2017-text = This organization has removed your guest account. If you still need access, ask your contact there to restore it or to invite you again.
error-gh2018-title = This app isn’t open to you yet
error-gh2018-text = You are signed in, but the organization has not given you this app. Your other apps are in My Apps; ask your contact at the organization if you need this one.
error-gh2019-title = This invitation is no longer good
error-gh2019-text = It was withdrawn or replaced by a newer one. Look for a later mail from the organization, or ask the person who invited you for a new link.
error-gh2020-title = This invitation has expired
error-gh2020-text = Nothing is lost: ask the person who invited you to send it again. A new link comes by mail.
error-gh2021-title = Please use the link in your invitation
error-gh2021-text = Your address is known here in two places, so this link can’t find your invitation. Open the invitation mail and use the link in it; afterwards every link works.
error-gh2022-title = This organization doesn’t accept guests from your domain
error-gh2022-text = Its rules changed or don’t include your organization. Your contact there can tell you whether another address of yours would do.
error-gh2023-title = This organization doesn’t accept guests from your organization
error-gh2023-text = It has closed its door to guests of your organization. Your contact there can tell you more.
error-gh2024-title = This account already belongs to another guest entry
error-gh2024-text = You signed in with an account that this organization knows under another invitation. Sign in with the account that was invited, or ask your contact to join the two.
error-gh2025-title = Please ask the organization to remove you
error-gh2025-text = This organization handles departures itself. Write to its privacy contact or to the person who invited you.
error-gh2026-title = This code isn’t waiting any more
error-gh2026-text = Codes last a few minutes and work once. Go back to the app, start again, and type the new code here.
error-gh2027-title = We don’t know this organization
error-gh2027-text = No organization here has that name or domain. Check the spelling, or use the link in your invitation.

## Your identity provider
error-gh3001-title = Your organization’s sign-in can’t be reached
error-gh3001-text = The sign-in service of your organization is not answering properly. Wait a few minutes and start again; if it stays like this, give your IT department the code and the reference number.
error-gh3002-title = The sign-in was cancelled
error-gh3002-text = You or your organization’s sign-in service ended the sign-in before it was finished. Start again whenever you are ready.
error-gh3003-title = This answer belongs to another sign-in
error-gh3003-text = The answer we received does not fit a sign-in from this browser. An old tab or the back button can cause this. Start again from the app.
error-gh3004-title = We couldn’t confirm who sent the answer
error-gh3004-text = The answer does not come from the sign-in service that is set up for your organization, so we did not use it. Give the code and the reference number to the organization you are visiting.
error-gh3005-title = We couldn’t confirm the answer is genuine
error-gh3005-text = The signature of your organization’s answer could not be verified, so we did not use it. Start again; if it stays like this, give the code and the reference number to the organization you are visiting.
error-gh3006-title = The answer was meant for someone else
error-gh3006-text = Your organization’s sign-in service addressed its answer to another recipient, so we did not use it. Give the code and the reference number to the organization you are visiting.
error-gh3007-title = The answer doesn’t fit our question
error-gh3007-text = Part of your organization’s answer does not match this sign-in, so we did not use it. Start again; if it stays like this, give the code and the reference number to the organization you are visiting.
error-gh3008-title = The clocks don’t agree
error-gh3008-text = Your organization’s answer is too old or comes from the future. Start again; if it stays like this, give the code and the reference number to your IT department.
error-gh3009-title = Something is missing from the answer
error-gh3009-text = Your organization’s sign-in service did not tell us everything we need, such as your email address. Give the code and the reference number to your IT department.
error-gh3010-title = This address belongs to another organization
error-gh3010-text = The sign-in service named an address it may not speak for, so we did not use it. Sign in with an address of that organization, or give the code and the reference number to the organization you are visiting.
error-gh3011-title = Your organization isn’t on the list
error-gh3011-text = The organization you are visiting does not accept sign-ins from your organization yet. Give your contact there the code and the reference number; they can add it.
error-gh3012-title = Your organization’s sign-in refused us
error-gh3012-text = Your organization’s sign-in service did not accept our request, although you did nothing wrong. Give the code and the reference number to the organization you are visiting.
error-gh3013-title = We can’t send mail right now
error-gh3013-text = Your code could not be sent. Wait a few minutes and ask for it again.

## A partner organization’s sign-in
error-partner-clock-title = The answer came at the wrong time
error-partner-clock-text = By our clock, your organization’s answer is too old or not valid yet. If its page had been open for long, simply start again. If it happens again, give your IT department the code and the reference number; they can compare the clocks.
error-partner-refused-title = Your organization didn’t sign you in
error-partner-refused-text = Your organization’s sign-in service told us that it could not or would not sign you in. Start again, or try another account. If you should have access, your IT department can help with the code and the reference number.
error-partner-profile-title = Your organization didn’t say enough about you
error-partner-profile-text = The sign-in worked, but the answer lacks something we need to recognize you, such as your email address. Trying again rarely helps; another account may. Give your IT department the code and the reference number; they can add what is missing.
error-partner-answer-title = We couldn’t use your organization’s answer
error-partner-answer-text = You did nothing wrong: the answer of your organization’s sign-in service did not pass our checks, so we did not use it and nothing was shared. Start again, or try another account. If it stays like this, give the code and the reference number to the organization you are visiting; it can clear this up with yours.
error-partner-setup-title = Sign-in with your organization isn’t ready
error-partner-setup-text = Something in the connection between your organization and the one you are visiting needs attention; nothing you did caused this. Wait a few minutes and start again, or try another account. If it stays like this, give the code and the reference number to the organization you are visiting.

## Tokens
error-gh4001-title = The app couldn’t identify itself
error-gh4001-text = The app’s own credentials were not accepted. The people who run the app can correct this.
error-gh4002-title = The app’s code can’t be used
error-gh4002-text = The code is unknown, too old, already used, or belongs to another app. Go back to the app and sign in again.
error-gh4003-title = The app’s code was used twice
error-gh4003-text = A code works only once. To protect you, we have withdrawn what was issued for it. Go back to the app and sign in again.
error-gh4004-title = The app’s proof doesn’t match
error-gh4004-text = The app could not prove that it started this sign-in. Go back to the app and sign in again.
error-gh4005-title = The app’s return address changed
error-gh4005-text = The return address is not the one this sign-in began with. Go back to the app and sign in again.
error-gh4006-title = The app asks for something we don’t offer
error-gh4006-text = The app asked for tokens in a way that is not available here. The people who run the app can change this.
error-gh4007-title = This access has ended
error-gh4007-text = The access token is missing, too old, withdrawn or not ours. Go back to the app and sign in again.
error-gh4008-title = The app’s request is incomplete
error-gh4008-text = The app’s request for tokens lacks something. The people who run the app can correct this.
error-gh4009-title = The app asks for more than it may
error-gh4009-text = The app asked for a permission that it does not have. The people who run the app, or this organization’s operators, can correct this.
error-gh4010-title = This app can’t sign in by itself
error-gh4010-text = Only an app with a secret and with permissions of its own gets a token without a person. This organization’s operators can give it some.

## Inviting, and the management API
error-gh5001-title = The request isn’t authenticated
error-gh5001-text = Send an access token of this issuer with the management API as its audience: `Authorization: Bearer …`.
error-gh5002-title = This isn’t permitted
error-gh5002-text = The token lacks a permission that this operation needs.
error-gh5003-title = The request can’t be understood
error-gh5003-text = A property is missing, misshapen or too long. The detail names it.
error-gh5004-title = There is no such thing here
error-gh5004-text = Nothing in this tenant has this id, or it was deleted.
error-gh5005-title = This Idempotency-Key was used for another request
error-gh5005-text = A key names one request for a day. Use a new one for a new request.
error-gh5006-title = Inviting isn’t open to this caller
error-gh5006-text = The tenant’s setting says who may invite, and this caller is not among them.
error-gh5007-title = This isn’t an email address
error-gh5007-text = Addresses follow RFC 5321 and RFC 6531; plus signs and non-English letters are fine, group addresses and spaces are not.
error-gh5008-title = This redirect URL isn’t one of the tenant’s
error-gh5008-text = Invitations lead to an app of this tenant, to My Apps, or to an origin the operator listed.
error-gh5009-title = This guest is in already
error-gh5009-text = They have accepted before, so nothing is mailed. Reset the redemption to have them redeem again, or send them the app’s link.
error-gh5010-title = A deleted guest has this address
error-gh5010-text = Restore them, with what they had, or purge them first and invite somebody new.
error-gh5011-title = This guest is blocked
error-gh5011-text = Unblock them first: an invitation would lead nowhere.
error-gh5012-title = This address is the organization’s own
error-gh5012-text = People of a verified domain of this tenant are not guests of it; they use their own account.
error-gh5013-title = Another guest has this address
error-gh5013-text = An address belongs to one guest. The detail names who has it.
error-gh5014-title = This invitation is closed
error-gh5014-text = It was redeemed, revoked or replaced, so it can’t be sent or revoked. Invite again instead.
error-gh5015-title = Only one person can get a copy
error-gh5015-text = `ccRecipients` takes one recipient.
error-gh5016-title = The message is too long
error-gh5016-text = A personal message has at most 2,000 characters of plain text.
error-gh5017-title = Only an administrator may invite members
error-gh5017-text = Invite them as a guest, or ask a User Administrator.
error-gh5018-title = This Gatehouse can’t send mail
error-gh5018-text = No mail server is configured. Invite without `sendInvitationMessage` and pass the link on yourself.
error-gh5019-title = Too many invitations for now
error-gh5019-text = The limit for one inviter is reached. Try again in an hour, or ask for it to be raised.
error-gh5020-title = The file can’t be read
error-gh5020-text = Its first two lines must be those of the template. The detail names line and reason; nothing was invited.
error-gh5021-title = This account can’t be converted
error-gh5021-text = It is external already, or the invited address is not in the domain of its mail.
error-gh5022-title = This person has blocked invitations
error-gh5022-text = They asked to get no more invitation mails from this organization. Send them an app’s link yourself, if they expect it.
error-gh5023-title = Too many requests for now
error-gh5023-text = This client has made more requests than one may in a minute. Wait as long as `Retry-After` says.

## The house itself
error-gh9001-title = We need a moment
error-gh9001-text = Part of our service can’t be reached right now. Wait a minute and start again; nothing you did caused this.
error-gh9002-title = We need a moment
error-gh9002-text = The guest directory can’t be reached right now. Wait a minute and start again; nothing you did caused this.
error-gh9003-title = It is very busy here
error-gh9003-text = More people are signing in than we can take at this moment. Wait a minute and start again.
error-gh9004-title = We can’t finish sign-ins right now
error-gh9004-text = Our service has no valid signing key at the moment. Wait a few minutes and start again; the operators can see the cause under the reference number.
error-gh9999-title = Something went wrong on our side
error-gh9999-text = This should not have happened, and nothing you did caused it. Start again; if it happens again, pass on the reference number so that we can find it.
