# General answers of the API.
api-bad-token = The access token is missing or not valid. Sign in again.
api-needs-person = This needs a person who is signed in.
api-outside-scopes = The permissions of this app do not include this.
api-bad-request = The request cannot be understood. Send a form or JSON in UTF-8.
api-not-found = There is nothing here, or you cannot see it.
api-too-many-requests = That was too often. Please wait a little.
api-unavailable = This does not work at the moment. Please try again.
api-not-confirmed = Confirm your address first: open the link in the mail we sent you.
api-not-approved = Your request for an account was not decided yet. You will be told by mail.
api-disabled = Your account is switched off at the moment. Please ask a moderator.
