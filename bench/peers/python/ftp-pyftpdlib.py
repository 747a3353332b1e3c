# pyftpdlib as its documentation sets it up. Arguments: PORT ROOT PASSIVE-FROM PASSIVE-TO [CERTIFICATE KEY].
import logging
import sys

from pyftpdlib.authorizers import DummyAuthorizer
from pyftpdlib.handlers import FTPHandler
from pyftpdlib.servers import FTPServer

port, root, first, last, *tls = sys.argv[1:]
handler = FTPHandler
if tls:
    from pyftpdlib.handlers import TLS_DTPHandler, TLS_FTPHandler

    class PatientDTPHandler(TLS_DTPHandler):
        # Debian's 1.5.7 takes the client's first TLS message for the end of the connection when it comes before the
        # command, as curl's does, and closes.
        def readable(self):
            return not self._initialized or super().readable()

    handler = TLS_FTPHandler
    handler.dtp_handler = PatientDTPHandler
    handler.certfile, handler.keyfile = tls
handler.authorizer = DummyAuthorizer()
handler.authorizer.add_anonymous(root, perm="elradfmwMT")
handler.passive_ports = range(int(first), int(last) + 1)
logging.basicConfig(level=logging.ERROR)
server = FTPServer(("127.0.0.1", int(port)), handler, backlog=4096)
# None: the default serves 512.
server.max_cons = 0
server.serve_forever()
