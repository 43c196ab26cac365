"""Reads Python sources as text: constants and the strings that an expression can be. Nothing is imported or run."""
import ast
import os


def read_modules(folder, is_wanted, failures):
    """Parses the wanted files below `folder`, as a list of Module. Files that cannot be parsed are listed in `failures`."""
    modules = []
    for parent, folders, names in os.walk(folder):
        folders.sort()
        for name in sorted(names):
            path = os.path.join(parent, name)
            if not name.endswith('.py'):
                continue
            with open(path, encoding='utf-8', errors='replace') as file:
                text = file.read()
            shown = os.path.relpath(path, folder).replace(os.sep, '/')
            if not is_wanted(shown, text):
                continue
            try:
                modules.append(Module(shown, ast.parse(text)))
            except (SyntaxError, ValueError, RecursionError) as error:
                failures.append({'path': shown, 'reason': f'{type(error).__name__}: {error}'})
    return modules


class Module:
    """One file: its tree, the parent of each node, and the assignments of each scope."""

    def __init__(self, path, tree):
        self.path = path
        self.tree = tree
        self.parents = {child: node for node in ast.walk(tree) for child in ast.iter_child_nodes(node)}
        self.classes = {node.name: node for node in ast.walk(tree) if isinstance(node, ast.ClassDef)}

    def enclosing(self, node, kinds):
        """The nearest node of one of these kinds around `node`, or None."""
        node = self.parents.get(node)
        while node is not None and not isinstance(node, kinds):
            node = self.parents.get(node)
        return node


def assigned(scope, name, attribute=False):
    """Every expression that is assigned to `name` (to `self.name` with `attribute`) within `scope`."""
    found = []
    for node in ast.walk(scope):
        targets = node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
        for target in targets:
            if attribute:
                is_same = (
                    isinstance(target, ast.Attribute)
                    and target.attr == name
                    and isinstance(target.value, ast.Name)
                    and target.value.id in ('self', 'cls')
                )
            else:
                is_same = isinstance(target, ast.Name) and target.id == name
            if is_same and node.value is not None:
                found.append(node.value)
    return found


class Resolver:
    """Resolves expressions to strings, over all modules of a package."""

    def __init__(self, modules):
        self.modules = modules

    def strings(self, module, node, depth=0):
        """The strings that `node` can be; empty where that is only known at run time."""
        if node is None or depth > 6:
            return []
        if isinstance(node, ast.Constant):
            return [node.value] if isinstance(node.value, str) else []
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
            left, right = self.strings(module, node.left, depth + 1), self.strings(module, node.right, depth + 1)
            return [a + b for a in left for b in right]
        if isinstance(node, ast.IfExp):
            return self.strings(module, node.body, depth + 1) + self.strings(module, node.orelse, depth + 1)
        return [text for value, where in self.values(module, node) for text in self.strings(where, value, depth + 1)]

    def values(self, module, node):
        """The expressions that a name or an attribute stands for, each with its module."""
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            if node.value.id in ('self', 'cls'):
                owner = module.enclosing(node, ast.ClassDef)
                if owner is None:
                    return []
                return [(value, module) for value in assigned(owner, node.attr, True) + self.in_body(owner, node.attr)]
            for other in [module, *self.modules]:
                if node.value.id in other.classes:
                    return [(value, other) for value in self.in_body(other.classes[node.value.id], node.attr)]
            return []
        if not isinstance(node, ast.Name):
            return []
        function = module.enclosing(node, (ast.FunctionDef, ast.AsyncFunctionDef))
        if function is not None:
            local = assigned(function, node.id)
            if local:
                return [(value, module) for value in local]
        for other in [module, *self.modules]:
            top = self.in_body(other.tree, node.id)
            if top:
                return [(value, other) for value in top]
        return []

    @staticmethod
    def in_body(scope, name):
        """What is assigned to `name` directly in the body of a module or a class."""
        return [value for node in scope.body if isinstance(node, (ast.Assign, ast.AnnAssign)) for value in assigned(node, name)]
