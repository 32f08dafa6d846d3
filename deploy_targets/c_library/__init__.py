"""What the targets around the one generated C library share: its name, its self-test, its README's sections.

The library itself is the same everywhere (:meth:`deploy_targets.bundle.DeployBundle.library`); a target only lays it out
as its build system wants it.
"""
