"""How each client is built for its tests and how its case driver is started. A step is (title, command, folder)."""
import pathlib
import shutil
import sys

CLIENTS = pathlib.Path(__file__).resolve().parent.parent


class Language:
    def __init__(self, name, tools, build, driver, checks=()):
        self.name, self.tools, self.build, self.driver, self.checks = name, tools, build, driver, checks

    def missing_tool(self):
        return next((tool for tool in self.tools if not shutil.which(tool)), None)


def python(work):
    return Language("python", ["python3"], [], [sys.executable, CLIENTS / "python/tests/case_driver.py"])


def javascript(work):
    folder = CLIENTS / "javascript"
    return Language("javascript", ["node", "npm"],
                    [("npm ci", ["npm", "ci", "--silent", "--no-progress"], folder), ("build", ["npm", "run", "build", "--silent"], folder)],
                    ["node", folder / "tests/case_driver.mjs"],
                    [("size", ["npm", "run", "size", "--silent"], folder)])


def go(work):
    folder, driver = CLIENTS / "go", work / "case_driver"
    return Language("go", ["go"], [("build", ["go", "build", "-o", driver, "./internal/casedriver"], folder)], [driver],
                    [("vet", ["go", "vet", "./..."], folder)])


LANGUAGES = (python, javascript, go)
