"""The policy names a baseline as its method, and that baseline is not written.

Baselines are for comparison only. One becomes the target where `method` names it, so it has to be there.

Example:
    targets:
      method: uniform
      baselines: {industry: {Retail: 108%}}

Instead:
    targets:
      method: uniform
      baselines: {uniform: 112%, industry: {Retail: 108%}}
"""

TITLE = "A method without its baseline"
LEVEL = "error"
