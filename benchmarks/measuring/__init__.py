"""What the benchmarks in JupyterLab share: a lab, a watcher of the page, and CPU by process."""
