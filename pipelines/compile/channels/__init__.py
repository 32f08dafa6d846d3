"""What each operator does to the channels (the last axis) of its tensors, for the pass that drops dead ones.

Every module in this package is imported when the package is; a rule for another operator is a class with
`@channel_rule("KIND")`. An operator without a rule keeps all channels of what it reads and writes.
"""

from __future__ import annotations

import importlib
import pkgutil

from pipelines.compile.channels.base import Bench, Keep, Known, Rule, channel_rule, fold, rule_for

__all__ = ["Bench", "Keep", "Known", "Rule", "channel_rule", "fold", "rule_for"]

for _module in pkgutil.iter_modules(__path__):
    importlib.import_module(f"{__name__}.{_module.name}")
