"""Copies the Python sources and the metadata out of a wheel: extract_sources.py WHEEL FOLDER. Nothing is installed."""
import os
import sys
import zipfile

MOST_BYTES = 400_000_000


def main(wheel, folder):
    with zipfile.ZipFile(wheel) as archive:
        wanted = [member for member in archive.infolist() if member.filename.endswith(('.py', '.dist-info/METADATA'))]
        if sum(member.file_size for member in wanted) > MOST_BYTES:
            sys.exit(f'its sources are larger than {MOST_BYTES // 1_000_000} MB')
        for member in wanted:
            parts = member.filename.split('/')
            if '..' in parts or os.path.isabs(member.filename):
                sys.exit(f'it has a file outside its folder: {member.filename!r}')
            # `extract` keeps paths inside the folder; names and sizes were checked above.
            archive.extract(member, folder)


if __name__ == '__main__':
    main(sys.argv[1], sys.argv[2])
