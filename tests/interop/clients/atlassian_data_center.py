"""Asks a Bitbucket Data Center what an administrator asks, with atlassian-python-api as it is. Prints JSON."""

import json
import sys

from atlassian import Bitbucket
from atlassian.bitbucket.server import Server

base, token, key = sys.argv[1:]
told = {}
for name, client in [
    ("bearer", Bitbucket(url=base, token=token)),
    ("basic", Bitbucket(url=base, username="ada", password=token)),
]:
    told[name] = sorted(project["key"] for project in client.project_list())
told["repositories"] = sorted(one["slug"] for one in client.repo_list("ACME"))
told["exists"] = [client.repo_exists("ACME", "website"), client.repo_exists("ACME", "nowhere")]
told["branches"] = sorted(one["displayId"] for one in client.get_branches("ACME", "website"))
told["default"] = client.get_default_branch("ACME", "website")["displayId"]
told["ssh"] = client.get_ssh_settings()
told["properties"] = client.get("rest/api/latest/application-properties")
latest = "rest/keys/latest/projects/ACME/repos/website/ssh"
told["added"] = client.post(latest, data={"key": {"text": key, "expiryDays": 30}, "permission": "REPO_WRITE"})
number = told["added"]["key"]["id"]
told["changed"] = client.put("%s/%s/permission/REPO_READ" % (latest, number))["permission"]
told["one"] = client.get("%s/%s" % (latest, number))["key"]["text"]
told["listed"] = [one["key"]["id"] for one in client.repo_keys("ACME", "website")]
client.delete("%s/%s" % (latest, number))
told["left"] = list(client.repo_keys("ACME", "website"))
server = Server(url=base, token=token)
told["objects"] = sorted(one.slug for one in server.projects.get("ACME").repos.each())
print(json.dumps(told))
