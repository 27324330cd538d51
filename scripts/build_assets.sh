#!/bin/sh
# Rebuild the vendored front-end files from their npm packages. A developer's step: what it makes is committed, and
# nobody who installs or runs backbeat needs npm.
#
#   mkdir -p ~/assets && cd ~/assets
#   npm install govuk-frontend@6.6.0 @ministryofjustice/frontend@11.1.0 htmx.org@2.0.11 sass
#   scripts/build_assets.sh ~/assets/node_modules
set -eu

modules="${1:?say where node_modules is: scripts/build_assets.sh FOLDER/node_modules}"
here=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
station="$here/src/backbeat/station"
vendor="$station/static/vendor"

version() { node -p "require('$modules/$1/package.json').version"; }

# compile SCSS CSS: deprecations inside the packages are theirs to mend
compile() {
    node "$modules/sass/sass.js" --style=compressed --no-source-map --quiet-deps \
        --load-path="$modules" --load-path="$modules/.." "$station/scss/$1" "$2"
}

govuk="$vendor/govuk-frontend@$(version govuk-frontend)"
moj="$vendor/moj-frontend@$(version @ministryofjustice/frontend)"
htmx="$vendor/htmx@$(version htmx.org)"
mkdir -p "$govuk" "$moj" "$htmx"

compile govuk.scss "$govuk/govuk-frontend.neutral.css"
compile moj.scss "$moj/moj-frontend.neutral.css"
# Only the pictures that the compiled styles ask for.
mkdir -p "$moj/images"
grep -o 'images/[a-z-]*\.svg' "$moj/moj-frontend.neutral.css" | sort -u | while read -r picture; do
    cp "$modules/@ministryofjustice/frontend/moj/assets/$picture" "$moj/$picture"
done
# The bundles end with the address of a source map that is not shipped.
sed '/^\/\/# sourceMappingURL=/d' "$modules/govuk-frontend/dist/govuk/govuk-frontend.min.js" >"$govuk/govuk-frontend.min.js"
cp "$modules/htmx.org/dist/htmx.min.js" "$htmx/htmx.min.js"

if grep -E -i -q 'GDS Transport|crest|crown' "$govuk"/*.css "$moj"/*.css; then
    echo "The theme is not neutral: a crown, crest or GDS Transport is in the compiled styles." >&2
    exit 1
fi
ls -l "$govuk" "$moj" "$htmx"
