/** Scripts about words: quotes, brackets, splitting, heredocs. */
import { scriptCase } from './scriptCase';

export const words = [
  scriptCase(
    'plain words and quotes',
    String.raw`
python -m acme.main ~~num_engines=4 "~~backend=vllm" '~~served_model_name=a b' trainer.run_name=x"y"'z' trainer.note=a\ b`,
  ),
  scriptCase(
    'brackets with quotes inside',
    String.raw`
python -m acme.main ~~external_server_urls=['http://a:1','http://b:2'] data.train=["x.parquet"] ~~num_engines=1`,
  ),
  scriptCase(
    'brackets with variables inside',
    String.raw`
A=http://a:1
B="http://b:2"
python -m acme.main ~~external_server_urls=[$A,"$B",'c'] data.train=["$A/x"] ~~num_engines=1`,
  ),
  scriptCase(
    'brackets that begin a word or stand alone',
    String.raw`
python -m acme.main ~~num_engines=1 trainer.x=[] trainer.y=[1] trainer.z=a[b]c trainer.w=[[1,2],[3]]`,
  ),
  scriptCase(
    'backslashes in and out of quotes',
    String.raw`
python -m acme.main ~~num_engines=1 trainer.a="x\"y" trainer.b="x\y" trainer.c=x\"y trainer.d='x\y' trainer.e="\$HOME" trainer.f=\$X`,
  ),
  scriptCase(
    'ANSI-C quotes',
    String.raw`
python -m acme.main ~~num_engines=1 trainer.a=$'x\ty' trainer.b=$'it\'s'`,
  ),
  scriptCase(
    'a line that goes on',
    String.raw`
python -m acme.main \
  ~~num_engines=2 \
  ~~backend="v\
llm" \
  trainer.a=x\
y`,
  ),
  scriptCase(
    'an unquoted variable of several words',
    String.raw`
EXTRA="~~num_engines=2 ~~backend=vllm"
python -m acme.main $EXTRA trainer.a=1`,
  ),
  scriptCase(
    'a quoted variable of several words',
    String.raw`
NAME="a b  c"
python -m acme.main ~~num_engines=2 trainer.name="$NAME"`,
  ),
  scriptCase(
    'an unquoted value that bash splits',
    String.raw`
NAME="a b"
python -m acme.main ~~num_engines=2 trainer.name=$NAME trainer.z=1`,
  ),
  scriptCase(
    'a variable that is empty',
    String.raw`
NONE=
python -m acme.main $NONE ~~num_engines=2 "$NONE" trainer.a=$NONE trainer.b="$NONE"`,
  ),
  scriptCase(
    'arrays of overrides',
    `
ARGS=(
  ~~num_engines=3   # three
  "~~backend=vllm"
  trainer.name="a b"
)
python -m acme.main "\${ARGS[@]}" trainer.z=1`,
  ),
  scriptCase(
    'an unquoted array',
    `
ARGS=(~~num_engines=3 trainer.name='a b')
python -m acme.main \${ARGS[@]} trainer.z=1`,
  ),
  scriptCase(
    'an array that is appended to',
    `
ARGS=(~~num_engines=3)
ARGS+=(~~backend=vllm "trainer.name=x y")
ARGS=("\${ARGS[@]}" trainer.z=1)
python -m acme.main "\${ARGS[@]}"`,
  ),
  scriptCase(
    'an array inside a word',
    `
A=(1 2 3)
python -m acme.main ~~num_engines=1 "trainer.a=\${A[*]}" trainer.b=\${A[1]} trainer.c=\${A[-1]} trainer.d=\${#A[@]}`,
  ),
  scriptCase(
    'an array that may be empty',
    `
MORE=()
python -m acme.main ~~num_engines=1 "\${MORE[@]}" \${MORE[@]+"\${MORE[@]}"} trainer.z=1`,
  ),
  scriptCase(
    'a list in a heredoc',
    `
read -r -d '' ARGS <<'EOF'
~~num_engines=6
~~backend=vllm
EOF
python -m acme.main $ARGS`,
  ),
  scriptCase(
    'a value in a heredoc',
    `
N=7
TEXT=$(cat <<EOF
~~num_engines=$N
EOF
)
python -m acme.main $TEXT`,
  ),
  scriptCase(
    'a here-string that is split',
    `
IFS=, read -r A B <<< "3,vllm"
python -m acme.main ~~num_engines=$A ~~backend=$B`,
  ),
  scriptCase(
    'an array from a here-string',
    `
IFS=' ' read -ra PARTS <<< "4 2"
python -m acme.main ~~num_engines=\${PARTS[0]} ~~tensor_parallel_size=\${PARTS[1]}`,
  ),
  scriptCase(
    'items joined with a comma',
    `
HOSTS=(http://a:1 http://b:2)
URLS=$(IFS=,; echo "\${HOSTS[*]}")
python -m acme.main ~~num_engines=1 ~~external_server_urls="[$URLS]"`,
  ),
  scriptCase(
    'a mapping in quotes',
    `
python -m acme.main ~~num_engines=1 ~~engine_init_kwargs='{max_model_len: 4096, a: {b: 1}}' "~~speculative_config={method: ngram}"`,
  ),
  scriptCase(
    'a mapping in a variable',
    `
KW='{max_model_len: 4096}'
python -m acme.main ~~num_engines=1 ~~engine_init_kwargs="$KW"`,
  ),
  scriptCase(
    'arguments after a double dash and a redirection',
    `
python -m acme.main -- ~~num_engines=2 trainer.a=1 > out.log 2>&1`,
  ),
  scriptCase(
    'associative arrays',
    `
declare -A TP=([7b]=1 [32b]=4)
SIZE=32b
python -m acme.main ~~num_engines=2 ~~tensor_parallel_size=\${TP[$SIZE]}`,
  ),
  scriptCase(
    'elements that are set by index',
    `
A[0]=~~num_engines=2
A[1]=trainer.z=1
python -m acme.main "\${A[@]}"`,
  ),
];
