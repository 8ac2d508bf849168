"""Unpacks the Python sources of wheels, without the compiled GPU kernels: unpack.py WHEEL… FOLDER"""

import sys
import zipfile

*wheels, folder = sys.argv[1:]
for wheel in wheels:
    with zipfile.ZipFile(wheel) as archive:
        names = [name for name in archive.namelist() if name.endswith(".py") or ".dist-info/" in name]
        archive.extractall(folder, names)
