"""Adds an access key on a Bitbucket Data Center with stashy as it is. Prints JSON."""

import json
import sys

import stashy

base, token, key = sys.argv[1:]
stash = stashy.connect(base, "ada", token)
repository = stash.projects["ACME"].repos["website"]
told = {"projects": sorted(one["key"] for one in stash.projects.list())}
told["clone"] = {one["name"]: one["href"] for one in repository.get()["links"]["clone"]}
told["default"] = repository.default_branch["displayId"]
repository.add_key(key, "REPO_READ")
told["listed"] = [[one["permission"], one["key"]["text"]] for one in repository.keys()]
try:
    repository.add_key(key, "REPO_READ")
except Exception as error:
    told["twice"] = str(error)
try:
    stash.projects["ACME"].repos["nowhere"].get()
except Exception as error:
    told["missing"] = str(error)
print(json.dumps(told))
