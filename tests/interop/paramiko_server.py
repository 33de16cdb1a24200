"""A Paramiko server on 127.0.0.1 that lets in the keys of a file, and shows nothing to those who come in.

Prints its port once it listens; logs to standard error.
"""

import argparse
import socket
import sys
import threading

import paramiko


def log(words):
    print(words, file=sys.stderr, flush=True)


class Server(paramiko.ServerInterface):
    def __init__(self, authorised):
        self.authorised = authorised

    def get_allowed_auths(self, username):
        return "publickey"

    def check_auth_publickey(self, username, key):
        is_known = username == "git" and key.get_base64() in self.authorised
        log("asked about %s: %s" % (key.get_name(), is_known))
        return paramiko.AUTH_SUCCESSFUL if is_known else paramiko.AUTH_FAILED


def serve(connection, peer, options, authorised):
    log("connection from %s port %d" % peer)
    transport = paramiko.Transport(connection)
    for file in options.host_keys:
        transport.add_server_key(paramiko.PKey.from_path(file))
    try:
        transport.start_server(server=Server(authorised))
        transport.join()
        # Nobody is, who could not sign.
        if transport.is_authenticated():
            log("logged in")
    except (paramiko.SSHException, EOFError) as why:
        log("no session: %r" % why)
    finally:
        transport.close()
        log("connection ended")


parser = argparse.ArgumentParser()
parser.add_argument("--authorised", required=True)
parser.add_argument("--host-keys", nargs="+", required=True)
options = parser.parse_args()
with open(options.authorised, encoding="ascii") as lines:
    authorised = {line.split()[1] for line in lines if line.strip()}
listener = socket.create_server(("127.0.0.1", 0))
print(listener.getsockname()[1], flush=True)
while True:
    connection, peer = listener.accept()
    arguments = (connection, peer, options, authorised)
    threading.Thread(target=serve, args=arguments, daemon=True).start()
