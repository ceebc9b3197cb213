"""Every failure the product speaks of, by topic: `from app.errors import ApprovalExpired`.

Code raises these facts; each door (socket, REST, command line) maps them once. The codes are part of the public
contract and are listed in `docs/protocol.md`, which is generated from these classes.
"""

from app.errors.access import *
from app.errors.approvals import *
from app.errors.base import *
from app.errors.conversation import *
from app.errors.frames import *
from app.errors.imports import *
from app.errors.models import *
from app.errors.outgoing import *
from app.errors.requests import *
from app.errors.startup import *
from app.errors.tools import *
