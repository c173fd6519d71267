# As read-dotenv.mjs, for a shell; the files are 0.env, 1.env, .. up to the number given.
for ((i = 0; i < $1; i++)); do
  names=()
  while IFS='=' read -r name _; do names+=("$name"); done < "./$i.env"
  unset -v "${names[@]}"
  . "./$i.env"
  printf '%s\0' "${#names[@]}"
  for name in "${names[@]}"; do printf '%s\0%s\0' "$name" "${!name-}"; done
done
