"""An AsyncSSH server on 127.0.0.1 that lets in the keys of a file, and shows nothing to those who come in.

Prints its port once it listens; logs to standard error.
"""

import argparse
import asyncio
import sys

import asyncssh


def log(words):
    print(words, file=sys.stderr, flush=True)


class Server(asyncssh.SSHServer):
    def __init__(self, authorised):
        self.authorised = authorised

    def connection_made(self, conn):
        log("connection from %s port %d" % conn.get_extra_info("peername")[:2])

    def connection_lost(self, exc):
        log("connection ended: %s" % exc)

    def public_key_auth_supported(self):
        return True

    def validate_public_key(self, username, key):
        is_known = username == "git" and key.public_data in self.authorised
        log("asked about %s: %s" % (key.get_algorithm(), is_known))
        return is_known

    def auth_completed(self):
        log("logged in")


async def serve(options):
    authorised = {key.public_data for key in asyncssh.read_public_key_list(options.authorised)}
    more = {"signature_algs": options.signatures} if options.signatures else {}
    server = await asyncssh.create_server(
        lambda: Server(authorised),
        "127.0.0.1",
        0,
        server_host_keys=options.host_keys,
        **more,
    )
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.wait_closed()


parser = argparse.ArgumentParser()
parser.add_argument("--authorised", required=True)
parser.add_argument("--host-keys", nargs="+", required=True)
parser.add_argument("--signatures", nargs="+", help="the signature algorithms to take, if not all")
asyncio.run(serve(parser.parse_args()))
