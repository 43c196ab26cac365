"""Reads dataclasses of a config: each field's type and default, by dotted key."""
import ast

PLAIN = {'bool': 'bool', 'int': 'int', 'float': 'float', 'str': 'text'}


def config_fields(modules, root, keys):
    """The fields at dotted `keys` of the dataclass `root`: `a.b.*` is every field of the class at `a.b`.

    Returns a list of {key, type, default}. The types are bool, int, float, text, list and dict, each with `?` where it
    may be null; any other class is a dict. A default that is only known at run time is left out.
    """
    classes = {name: node for module in modules for name, node in module.classes.items()}
    found = []
    for key in keys:
        *parents, last = key.split('.')
        owner = classes.get(root)
        for name in parents:
            field = owner and own_fields(owner, classes).get(name)
            owner = field and classes.get(class_name(field.annotation))
        if owner is None:
            continue
        fields = own_fields(owner, classes)
        for name in fields if last == '*' else [last] if last in fields else []:
            found.append({'key': '.'.join([*parents, name]), **describe(fields[name])})
    return found


def own_fields(owner, classes):
    """The annotated fields of a class and of those it extends, in their order."""
    fields = {}
    for base in owner.bases:
        if isinstance(base, ast.Name) and base.id in classes:
            fields.update(own_fields(classes[base.id], classes))
    fields.update({
        node.target.id: node
        for node in owner.body
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name)
    })
    return fields


def class_name(annotation):
    return plain_type(annotation)[0]


def plain_type(node):
    """The name of a type without its arguments, and whether it may be None."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return plain_type(ast.parse(node.value, mode='eval').body)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr):
        sides = [node.left, node.right]
        others = [each for each in sides if not (isinstance(each, ast.Constant) and each.value is None)]
        return plain_type(others[0])[0], len(others) < len(sides)
    if isinstance(node, ast.Subscript):
        name = plain_type(node.value)[0]
        return (plain_type(node.slice)[0], True) if name == 'Optional' else (name, False)
    if isinstance(node, ast.Attribute):
        return node.attr, False
    return (node.id if isinstance(node, ast.Name) else ast.unparse(node)), False


def describe(field):
    name, nullable = plain_type(field.annotation)
    kind = PLAIN.get(name) or ('list' if name.lower() in ('list', 'tuple', 'sequence') else 'dict')
    described = {'type': f'{kind}?' if nullable else kind}
    default = default_of(field.value, kind)
    return described if default is None else {**described, 'default': default[0]}


def default_of(node, kind):
    """A default as a list of one, or None where there is none or it is only known at run time."""
    if node is None:
        return None
    if isinstance(node, ast.Call):
        factory = next((each.value for each in node.keywords if each.arg == 'default_factory'), None)
        if isinstance(factory, ast.Lambda):
            return default_of(factory.body, kind)
        plain = next((each.value for each in node.keywords if each.arg == 'default'), None)
        if plain is not None:
            return default_of(plain, kind)
        return None if factory is None else [[] if kind == 'list' else {}]
    try:
        return [ast.literal_eval(node)]
    except ValueError:
        return None
