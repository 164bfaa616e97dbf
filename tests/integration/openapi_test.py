#!/usr/bin/env python3
"""The server's /openapi.json is OpenAPI 3.1, says openapi-spec-validator (from PyPI, in a place of its
own), and what it says is what the server does: every example is sent, in the order of the document,
and the answer is the example's, with its status and of the schema that is stated for it.

Skipped, visibly, where PyPI can't be reached and the validator is not there yet.
"""

import importlib.util
import json
import os
import sys
import unittest

from serving import ServingTest
from support import make_venv

PACKAGES = ["openapi-spec-validator==0.9.0", "openapi-schema-validator==0.9.0"]

# What is the same in every ledger that these examples are sent to. Of the rest the schema speaks.
STABLE = {
    "available", "balance", "balancesAsOf", "code", "cooperative", "credit", "debit", "detail",
    "growsBy", "head", "heldCredit", "heldDebit", "holder", "item", "lastSequence", "nameEn",
    "pointer", "replayed", "retryable", "sequence", "shard", "status", "title", "transactionId",
    "type",
}  # fmt: skip


def examples(document):
    """(path, name of the example, body or None, operation), in the order of the document."""
    for path, methods in document["paths"].items():
        for operation in methods.values():
            filled = fill(path, operation)
            content = operation.get("requestBody", {}).get("content", {"": {}})
            for name, body in next(iter(content.values())).get("examples", {"": {}}).items():
                yield filled, name, body.get("value"), operation


def fill(path, operation):
    """The path with each parameter's example."""
    query = []
    for parameter in operation.get("parameters", []):
        if "example" not in parameter:
            continue
        value = parameter["example"]
        text = value if isinstance(value, str) else json.dumps(value)
        if parameter["in"] == "path":
            path = path.replace("{" + parameter["name"] + "}", text)
        elif parameter["in"] == "query":
            query.append(f"{parameter['name']}={text}")
    return path + ("?" + "&".join(query) if query else "")


def stated_answer(operation, name):
    """(status, media type, example) of the example with that name; "" is the only one."""
    for status, response in operation["responses"].items():
        for media_type, content in response.get("content", {}).items():
            if not name and "example" in content:
                return int(status), media_type, content["example"]
            if name in content.get("examples", {}):
                return int(status), media_type, content["examples"][name]["value"]
    raise AssertionError(f"{operation['operationId']} has no answer to {name}")


class OpenApi(ServingTest):
    def test_the_validator_has_no_complaint(self):
        document = json.loads(self.serve().request("/openapi.json")[2])
        openapi_spec_validator.validate(document)
        # It does look.
        del document["paths"]["/v1/ledger"]["get"]["responses"]
        document["paths"]["/v1/ledger"]["get"]["answers"] = {}
        with self.assertRaises(openapi_spec_validator.validation.exceptions.OpenAPIValidationError):
            openapi_spec_validator.validate(document)

    def test_every_example_is_true(self):
        server = self.serve(shards=2)
        self.document = json.loads(server.request("/openapi.json")[2])
        sent = 0
        for path, name, body, operation in examples(self.document):
            with self.subTest(path=path, example=name):
                status, media_type, wanted = stated_answer(operation, name)
                if body is not None and status < 400:
                    self.check_schema(operation["requestBody"], "application/json", body)
                answer = server.request(path, body)
                self.assertEqual(answer[0], status, answer[2])
                self.assertEqual(answer[1].get_content_type(), media_type)
                given = json.loads(answer[2]) if media_type.endswith("json") else answer[2]
                self.check_schema(operation["responses"][str(status)], media_type, given)
                if path != "/openapi.json":
                    self.check_same(wanted, given, "")
            sent += 1
        self.assertGreaterEqual(sent, 20)

    def check_schema(self, holder, media_type, value):
        schema = holder["content"][media_type]["schema"]
        rooted = {**schema, "components": self.document["components"]}
        errors = openapi_schema_validator.OAS31Validator(rooted).iter_errors(value)
        self.assertEqual([f"{error.json_path}: {error.message}" for error in errors], [])

    def check_same(self, wanted, given, where):
        """The same fields everywhere, and the same values where they are stable."""
        self.assertIs(type(wanted), type(given), where)
        if isinstance(wanted, dict):
            self.assertEqual(set(wanted), set(given), where)
            for key, value in wanted.items():
                self.check_same(value, given[key], f"{where}/{key}")
        elif isinstance(wanted, list):
            self.assertEqual(len(wanted), len(given), where)
            for i, value in enumerate(wanted):
                self.check_same(value, given[i], f"{where}/{i}")
        elif where.rpartition("/")[2] in STABLE:
            self.assertEqual(wanted, given, where)


if __name__ == "__main__":
    if importlib.util.find_spec("openapi_spec_validator") is None:
        python = make_venv("openapi", PACKAGES)
        os.execv(python, [python, *sys.argv])
    import openapi_schema_validator
    import openapi_spec_validator
    import openapi_spec_validator.validation.exceptions

    unittest.main()
