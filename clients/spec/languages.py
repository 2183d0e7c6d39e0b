"""How each client is built for its tests and how its case driver is started.

A step is (title, command, folder); a check is a step and the tool without which it is skipped.
"""
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
                    [("size", ["npm", "run", "size", "--silent"], folder, "npm"),
                     ("a page in a browser", [sys.executable, folder / "tests/browser_page.py"], folder, "chromium")])


def go(work):
    folder, driver = CLIENTS / "go", work / "case_driver"
    return Language("go", ["go"], [("build", ["go", "build", "-o", driver, "./internal/casedriver"], folder)], [driver],
                    [("vet", ["go", "vet", "./..."], folder, "go")])


def cpp(work):
    folder, driver = CLIENTS / "cpp", work / "case_driver"
    compile_driver = ["g++", "-std=c++17", "-O0", "-g1", "-Wall", "-Wextra", "-Wpedantic", "-Werror", "-fsanitize=address,undefined", "-DGAMEMETRICS_ZLIB",
                      "-Iinclude", "tests/case_driver.cc", "-o", driver, "-lcurl", "-lz", "-pthread"]
    return Language("cpp", ["g++"], [("build", compile_driver, folder)], [driver])


def csharp(work):
    """The engine-free core of the Unity package; the Unity part is only type-checked, against declarations of what it uses."""
    folder, driver = CLIENTS / "unity", work / "case_driver.exe"
    core, tests = sorted((folder / "Runtime/Core").glob("*.cs")), folder / "Tests~"
    compiler = ["mcs", "-langversion:7", "-warnaserror", "-nowarn:0649"]
    return Language("csharp", ["mcs", "mono"],
                    [("build", [*compiler, f"-out:{driver}", *core, tests / "CaseDriver.cs", tests / "Pump.cs"], folder)],
                    ["mono", "--debug", driver],
                    [("types of the Unity part", [*compiler, "-target:library", f"-out:{work / 'unity.dll'}", *core, folder / "Runtime/GameMetricsBehaviour.cs",
                                                  tests / "UnityDeclarations.cs"], folder, "mcs")])


def godot(work):
    """There is no Godot 4 to run it with; a parser at least reads it."""
    folder = CLIENTS / "godot"
    return Language("godot", [], [], None, [("syntax", ["gdparse", *sorted(folder.rglob("*.gd"))], folder, "gdparse")])


LANGUAGES = (python, javascript, go, cpp, csharp, godot)
