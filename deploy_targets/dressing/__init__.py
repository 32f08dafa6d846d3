"""What every zip carries beside the target's own files, whatever the target.

``LICENSE``, a model card, an ML-sensor datasheet, ``thimble.json`` (what it was made from), a bill of materials and the
checksums of all of them.
"""

from deploy_targets.dressing.dress import dressed

__all__ = ["dressed"]
