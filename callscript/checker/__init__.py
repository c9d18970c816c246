"""Everything that can be known to be wrong with a campaign before it is published, at once.

checked = check_files(files)            # keys as in a release: local.xml, packs/outbound/server.xml, ...
checked.campaign, checked.problems      # every problem, by place; the command decides what fails
"""

from __future__ import annotations

from callscript.checker.calling import check_calling
from callscript.checker.checking import Checked, check_files, check_routing

__all__ = ["Checked", "check_calling", "check_files", "check_routing"]
