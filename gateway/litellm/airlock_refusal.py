"""What a caller gets instead of an answer: an error of OpenAI's form, which never repeats what the caller wrote."""

import json

TYPES = {
    400: "invalid_request_error",
    401: "authentication_error",
    403: "permission_error",
    404: "invalid_request_error",
    405: "invalid_request_error",
    429: "insufficient_quota",
    502: "server_error",
    503: "server_error",
}


class Refusal(Exception):
    def __init__(self, status, code, message, param=None):
        super().__init__(message)
        self.status, self.code, self.message, self.param = status, code, message, param

    def body(self):
        error = {"message": self.message, "type": TYPES[self.status], "param": self.param, "code": self.code}
        return json.dumps({"error": error}).encode()
