"""Privacy: codes instead of names, and the way back for who has the key.

`find_personal` finds names, addresses and numbers of people in texts; `pseudonymise` puts codes there and
in the columns of ids that are names; `restore` puts the names back with the owner's key and the vault.
"""

from salesinsight.privacy.find import find_personal
from salesinsight.privacy.keys import Key, load_key, new_key
from salesinsight.privacy.known import Known, known_names
from salesinsight.privacy.tables import pseudonymise
from salesinsight.privacy.vault import Vault, restore

__all__ = [
    "Key",
    "Known",
    "Vault",
    "find_personal",
    "known_names",
    "load_key",
    "new_key",
    "pseudonymise",
    "restore",
]
