"""Flask with Flask-CORS: `python flask_app.py CONFIGURATION PORT`."""

import sys

from flask import Flask
from flask_cors import CORS

CONFIGURATIONS = {
    "good": {
        "origins": ["https://app.example.com"],
        "supports_credentials": True,
        "methods": ["GET", "POST", "PUT"],
        "allow_headers": ["content-type"],
        "max_age": 600,
    },
    # The origins are any if none are listed.
    "default": {"supports_credentials": True},
    # A text with special characters is a regular expression, without an end.
    "pattern": {"origins": r"https://.*\.example\.com", "supports_credentials": True},
}

configuration, port = sys.argv[1:]
app = Flask(__name__)
CORS(app, **CONFIGURATIONS[configuration])


@app.route("/", methods=["GET", "POST", "PUT"])
def hello():
    return "hello\n"


app.run("127.0.0.1", int(port))
