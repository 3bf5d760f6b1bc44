# Serves the emulator on one socket of the loopback interface until whoever started it is gone.
#
# $1  the port; 0 for any free one
#
# The socket is made here and handed over open, so no other program can take the port in between, and it listens before
# the emulator is loaded, so that early callers wait and are not refused. The port is the first line said.

import os
import socket
import sys
import threading


def end_with_starter():
    """Nothing is ever written to our standard input. It ends when the other side dies, however that happens."""
    while os.read(0, 1):
        pass
    os._exit(0)


listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
listener.bind(("127.0.0.1", int(sys.argv[1])))
listener.listen(512)
port = listener.getsockname()[1]
threading.Thread(target=end_with_starter, daemon=True).start()
print(port, flush=True)
os.dup2(2, 1)

# What the emulator answers as addresses of queues comes from these, and they are read when it is loaded.
os.environ["GATEWAY_PORT"] = str(port)
strict = "USHER_EMULATOR_STRICT" in os.environ
os.environ["MINISTACK_HOST"] = "sqs.nowhere.invalid" if strict else "127.0.0.1"
os.environ["MINISTACK_ACCOUNT_ID"] = "123456789012" if strict else "000000000000"

import asyncio

from hypercorn.asyncio import serve
from hypercorn.config import Config
from ministack.app import app

if strict:
    import strict

config = Config()
config.bind = [f"fd://{listener.detach()}"]
config.keep_alive_timeout = 75
config.loglevel = "WARNING"
asyncio.run(serve(app, config))
