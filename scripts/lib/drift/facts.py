"""Prints facts of a package's sources as JSON. Its sources are parsed as text; nothing of them is imported or run.

Usage: facts.py FOLDER, with a request as JSON on standard input. Every part of the request is optional:
  {"families": {"prefix": "vllm:", "baseLabels": ["model_name", "engine"]},
   "config": {"root": "SkyRLTrainConfig", "keys": ["generator.inference_engine.*"], "files": "skyrl/train/config/"},
   "values": ["DEFAULT_DASHBOARD_PORT"], "functions": ["_resolve_gauge_ttl_seconds"], "routes": true, "strings": "skyrl_",
   "texts": ["DYN_SYSTEM_PORT"], "classes": "dynamo/prometheus_names.py"}
"""
import ast
import json
import re
import sys

from config_class import config_fields
from metric_families import families, is_name, is_source
from python_source import read_modules


def main():
    folder, request = sys.argv[1], json.load(sys.stdin)
    failures = []
    facts = {}
    if 'families' in request:
        wanted = request['families']
        facts['families'] = families(folder, wanted['prefix'], wanted['baseLabels'], failures)
    if 'config' in request:
        wanted = request['config']
        modules = read_modules(folder, lambda path, _: path.startswith(wanted['files']), failures)
        facts['config'] = config_fields(modules, wanted['root'], wanted['keys'])
    if 'classes' in request:
        modules = read_modules(folder, lambda path, _: path == request['classes'], failures)
        facts['classes'] = {name: own_strings(node) for module in modules for name, node in module.classes.items()}
    names = [*request.get('values', []), *request.get('functions', [])]
    texts = set(request.get('texts', []))
    needles = [*names, *texts, *(['routes.get('] if request.get('routes') else []), *([request['strings']] if 'strings' in request else [])]
    if needles:
        modules = read_modules(folder, lambda path, text: is_source(path) and any(each in text for each in needles), failures)
        nodes = [(module, node) for module in modules for node in ast.walk(module.tree)]
        facts['values'] = values(nodes, set(request.get('values', [])))
        facts['functions'] = functions(nodes, set(request.get('functions', [])))
        facts['routes'] = sorted({route for module, node in nodes for route in routes(node)}) if request.get('routes') else []
        constants = {node.value for _, node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)}
        facts['texts'] = sorted(constants & texts)
        if 'strings' in request:
            facts['strings'] = sorted(text for text in constants if is_name(text, request['strings']))
    json.dump({**facts, 'unreadable': failures}, sys.stdout)


def own_strings(node):
    """The strings that are assigned in the body of a class, by name."""
    return {
        target.id: each.value.value
        for each in node.body
        if isinstance(each, ast.Assign) and isinstance(each.value, ast.Constant) and isinstance(each.value.value, str)
        for target in each.targets
        if isinstance(target, ast.Name)
    }


def values(nodes, names):
    """What is assigned to each name anywhere, as {name, value, path}; to `self.x` too."""
    found = []
    for module, node in nodes:
        if not isinstance(node, (ast.Assign, ast.AnnAssign)) or node.value is None:
            continue
        for target in node.targets if isinstance(node, ast.Assign) else [node.target]:
            name = target.id if isinstance(target, ast.Name) else target.attr if isinstance(target, ast.Attribute) else None
            if name in names:
                found.append({'name': name, 'value': literal(node.value), 'path': module.path})
    return found


def literal(node):
    """A literal's value; of a call that reads the environment its default; of anything else its text."""
    try:
        return json.loads(json.dumps(ast.literal_eval(node)))
    except (ValueError, TypeError):
        pass
    if isinstance(node, ast.Call) and node.args:
        callee = ast.unparse(node.func)
        if re.search(r'env|getenv', callee) and len(node.args) > 1:
            return literal(node.args[-1])
        if callee in ('int', 'float', 'str', 'bool'):
            return literal(node.args[0])
    return ast.unparse(node)


def functions(nodes, names):
    """The expressions that each function returns and assigns, as {name, expressions, path}."""
    return [
        {
            'name': node.name,
            'path': module.path,
            'expressions': [
                ast.unparse(each.value)
                for each in ast.walk(node)
                if isinstance(each, (ast.Return, ast.Assign)) and each.value is not None
            ],
        }
        for module, node in nodes
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and node.name in names
    ]


def routes(node):
    """The paths of `@routes.get(…)` above a function."""
    for decorator in getattr(node, 'decorator_list', []):
        if isinstance(decorator, ast.Call) and ast.unparse(decorator.func).endswith('routes.get') and decorator.args:
            if isinstance(decorator.args[0], ast.Constant):
                yield decorator.args[0].value


if __name__ == '__main__':
    main()
