"""`penchant serve`: the API alone."""

from functools import partial

from penchant import app
from penchant.cli.listening import require_free
from penchant.cli.options import AccessLog, Data, Host, Port, settings_of, told
from penchant.cli.start import prepare
from penchant.cli.up import announce


def serve(
    data: Data = None, host: Host = None, port: Port = None, access_log: AccessLog = False
) -> None:
    """Run the API alone; jobs wait until a `penchant work` of the same data does them."""
    settings = settings_of(data, host=host, port=port, access_log=told(access_log))
    require_free(settings.host, settings.port)
    folder = prepare(settings)
    with folder.held() as first:
        # where another server is first, it may have a worker
        app.serve(settings, partial(announce, settings, folder, first=first, jobs=not first))
