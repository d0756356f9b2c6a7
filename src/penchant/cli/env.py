"""`penchant env`: lines for a shell that point AWS programs at the server."""

import shlex

from penchant.cli.data_folder import DataFolder
from penchant.cli.options import Data, settings_of


def env(data: Data = None) -> None:
    """Print export lines for a shell: eval "$(penchant env)"."""
    print("\n".join(export_lines(DataFolder(settings_of(data).data_dir))))  # noqa: T201


def export_lines(folder: DataFolder) -> list[str]:
    """One `export NAME=value` line per variable, quoted for a POSIX shell.

    Raises:
        Refusal: No server has run in the folder yet.
    """
    key = folder.read_key()
    values = {
        "AWS_ENDPOINT_URL": folder.read_endpoint(),
        "AWS_ACCESS_KEY_ID": key.access_key_id,
        "AWS_SECRET_ACCESS_KEY": key.secret_access_key,
        "AWS_DEFAULT_REGION": folder.read_region(),
    }
    return [f"export {name}={shlex.quote(value)}" for name, value in values.items()]
