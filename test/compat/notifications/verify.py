"""Says of each message on stdin, a JSON object a line with secret, headers and body, what the published package says of it."""
import json
import sys

from standardwebhooks.webhooks import Webhook, WebhookVerificationError

for line in sys.stdin:
    message = json.loads(line)
    try:
        Webhook(message["secret"]).verify(message["body"], message["headers"])
        print("verified")
    except WebhookVerificationError as error:
        print(type(error).__name__)
