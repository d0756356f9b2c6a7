"""The command line: `penchant up`, `serve`, `work`, `demo`, `credentials`, `env`, `doctor`."""
