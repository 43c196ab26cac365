"""Finds metric families in Python sources: name, type, label names and where each is declared."""
import ast
import re

from python_source import Resolver, read_modules

# `Gauge`, `prometheus_client.Counter`, `self._histogram_cls`, `OffloadingGaugeMetadata`.
CALLEE = re.compile(r'^_?(?:[A-Za-z]*?)(gauge|counter|histogram)(?:_cls|Metadata)?$', re.IGNORECASE)
KEYED = re.compile(r'Metadata$')


def families(folder, prefix, base_labels, failures):
    """Every family below `folder` whose name begins with `prefix`, by name.

    `base_labels` stands for a parameter or attribute called `labelnames`, which callers fill. A label `*` is only
    known at run time. A name that is written down but whose call is not found has the type `unknown`.
    """
    modules = read_modules(folder, lambda path, text: is_source(path) and might_declare(text, prefix), failures)
    resolver = Resolver(modules)
    found = {}
    for module in modules:
        for node in ast.walk(module.tree):
            kind = isinstance(node, ast.Call) and kind_of(node)
            if not kind:
                continue
            for name in names_of(module, node, resolver, prefix):
                labels = labels_of(module, node, resolver, base_labels)
                declare(found, name, kind, labels, module.path)
    for module in modules:
        for node in ast.walk(module.tree):
            name = constant_name(node, prefix)
            if name and not is_known(found, name) and not is_listing(module, node):
                declare(found, name, 'unknown', ['*'], module.path)
    return [found[name] for name in sorted(found)]


def is_source(path):
    """Tests, benchmarks and examples read metrics; they declare none."""
    return not re.search(r'(^|/)(tests?|benchmarks|examples|testing)/', path)


def might_declare(text, prefix):
    return prefix in text or KEYED.pattern[:-1] + '(' in text


def kind_of(call):
    callee = call.func
    name = callee.attr if isinstance(callee, ast.Attribute) else callee.id if isinstance(callee, ast.Name) else ''
    match = CALLEE.match(name)
    return match and match.group(1).lower()


def argument(call, keyword, position):
    for each in call.keywords:
        if each.arg == keyword:
            return each.value
    return call.args[position] if position is not None and len(call.args) > position else None


def names_of(module, call, resolver, prefix):
    callee = call.func
    if KEYED.search(callee.attr if isinstance(callee, ast.Attribute) else callee.id):
        node = key_of(module, call)
    else:
        node = argument(call, 'name', 0)
    if node is None:
        return []
    names = [name for name in resolver.strings(module, node) if is_name(name, prefix)]
    return names or loop_names(module, node, prefix)


def key_of(module, call):
    """The key that a definition is stored under: of a dict, or of an assignment to a subscript."""
    parent = module.parents[call]
    if isinstance(parent, ast.Dict):
        return parent.keys[parent.values.index(call)]
    if isinstance(parent, ast.Assign) and isinstance(parent.targets[0], ast.Subscript):
        return parent.targets[0].slice
    return None


def loop_names(module, node, prefix):
    """The names that a loop's variable goes through: those in the lists that the loop is over."""
    if not isinstance(node, ast.Name):
        return []
    function = module.enclosing(node, (ast.FunctionDef, ast.AsyncFunctionDef)) or module.tree
    loops = [
        loop.iter
        for loop in ast.walk(function)
        if isinstance(loop, (ast.For, ast.comprehension)) and any(
            isinstance(each, ast.Name) and each.id == node.id for each in ast.walk(loop.target)
        )
    ]
    lists = [value for loop in loops for value, _ in Resolver([module]).values(module, loop)] + loops
    return [name for each in lists for part in ast.walk(each) if (name := constant_name(part, prefix))]


def constant_name(node, prefix):
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) and is_name(node.value, prefix) else None


def is_name(text, prefix):
    return text.startswith(prefix) and re.fullmatch(r'[a-z][a-z0-9_]*', text[len(prefix):]) is not None


def is_listing(module, node):
    """A default argument, a docstring or a comparison names a family; it does not declare one."""
    parent = module.parents.get(node)
    return not isinstance(parent, (ast.Assign, ast.AnnAssign, ast.Dict, ast.Tuple, ast.List))


def is_known(found, name):
    """Whether a family is declared, by this name or as a sample of it."""
    return any(name == f'{base}{suffix}' for base in found for suffix in ('', '_total', '_sum', '_count', '_bucket'))


def labels_of(module, call, resolver, base_labels):
    labels = label_list(module, argument(call, 'labelnames', 2), resolver, base_labels)
    return [*base_labels, *labels] if KEYED.search(ast.unparse(call.func)) else labels


def label_list(module, node, resolver, base_labels, depth=0):
    if node is None:
        return []
    if depth > 6:
        return ['*']
    if isinstance(node, (ast.List, ast.Tuple)):
        return [label for each in node.elts for label in one_label(module, each, resolver, base_labels, depth)]
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        sides = (node.left, node.right)
        return [label for side in sides for label in label_list(module, side, resolver, base_labels, depth + 1)]
    if isinstance(node, ast.Call) and len(node.args) == 1:
        return label_list(module, node.args[0], resolver, base_labels, depth + 1)
    values = resolver.values(module, node)
    if values:
        value, where = values[-1]
        return label_list(where, value, resolver, base_labels, depth + 1)
    name = node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ''
    return list(base_labels) if name in ('labelnames', '_labelnames') else ['*']


def one_label(module, node, resolver, base_labels, depth):
    if isinstance(node, ast.Starred):
        return label_list(module, node.value, resolver, base_labels, depth + 1)
    return resolver.strings(module, node)[:1] or ['*']


def declare(found, name, kind, labels, path):
    """Adds a declaration; the counter's `_total` is not part of a family's name, and what two places say is merged."""
    family = re.sub(r'_total$', '', name) if kind == 'counter' else name
    known = found.get(family)
    if known is None or (known['type'] == 'unknown' and kind != 'unknown'):
        found[family] = {'name': family, 'type': kind, 'labels': labels, 'path': path}
    elif kind not in ('unknown', known['type']):
        found[f'{family} ({kind})'] = {'name': family, 'type': kind, 'labels': labels, 'path': path}
    else:
        known['labels'] += [label for label in labels if label not in known['labels']]
