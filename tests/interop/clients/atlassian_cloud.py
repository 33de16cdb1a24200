"""Asks a Bitbucket Cloud what a fleet's owner asks, with atlassian-python-api as it is. Prints JSON."""

import json
import sys

from atlassian.bitbucket import Cloud

base, token, key = sys.argv[1:]
cloud = Cloud(url=base, token=token)
told = {}
told["workspaces"] = [workspace.slug for workspace in cloud.workspaces.each()]
workspace = cloud.workspaces.get("acme")
told["projects"] = sorted(project.key for project in workspace.projects.each())
told["repositories"] = sorted(repository.slug for repository in workspace.repositories.each())
data = workspace.projects.get("DATA")
told["in_data"] = sorted(repository.slug for repository in data.repositories.each())
repository = workspace.repositories.get("analytics-platform")
told["branches"] = sorted(branch.name for branch in repository.branches.each())
told["main"] = repository.get_data("mainbranch")["name"]
told["as_basic"] = Cloud(url=base, username="ada@example.com", password=token).workspaces.exists("acme")

# It has no class for access keys, only its requests. Both forms of the address are in use.
keys = repository.url + "/deploy-keys"
told["added"] = repository.post(keys + "/", data={"key": key, "label": "fleet"}, absolute=True)
told["listed"] = list(repository._get_paged(keys, absolute=True))
one = keys + "/%s" % told["added"]["id"]
told["changed"] = repository.put(one, data={"label": "renamed"}, absolute=True)["label"]
cloud.delete(one + "/", absolute=True)
told["left"] = list(repository._get_paged(keys + "/", absolute=True))
for name, client in [("missing", cloud), ("refused", Cloud(url=base, token="wrong"))]:
    try:
        client.repositories.get("acme", "nowhere")
    except Exception as error:
        told[name] = [error.response.status_code, str(error), error.response.headers.get("WWW-Authenticate")]
print(json.dumps(told))
