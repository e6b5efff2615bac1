{#
    Latin letters without their accents, in lower case, as far as single characters go; accents that
    are characters of their own (decomposed unicode) are dropped. Capitals with accents are named too:
    lower() leaves them alone in a database with the C locale. Other scripts stay as they are.
#}
{% macro fold_accents(column) -%}
    {%- set folds = {
        "a": "àáâãäåāăąǎạảấầẩẫậắằẳẵặÀÁÂÃÄÅĀĂĄǍẠẢẤẦẨẪẬẮẰẲẴẶ",
        "c": "çćĉċčÇĆĈĊČ",
        "d": "ďđðĎĐÐ",
        "e": "èéêëēĕėęěẹẻẽếềểễệÈÉÊËĒĔĖĘĚẸẺẼẾỀỂỄỆ",
        "g": "ĝğġģĜĞĠĢ",
        "h": "ĥħĤĦ",
        "i": "ìíîïĩīĭįıǐịỉÌÍÎÏĨĪĬĮİǏỊỈ",
        "j": "ĵĴ",
        "k": "ķĶ",
        "l": "ĺļľŀłĹĻĽĿŁ",
        "n": "ñńņňÑŃŅŇ",
        "o": "òóôõöøōŏőơǒọỏốồổỗộớờởỡợÒÓÔÕÖØŌŎŐƠǑỌỎỐỒỔỖỘỚỜỞỠỢ",
        "r": "ŕŗřŔŖŘ",
        "s": "śŝşšșŚŜŞŠȘ",
        "t": "ţťŧțŢŤŦȚ",
        "u": "ùúûüũūŭůűųưǔụủứừửữựÙÚÛÜŨŪŬŮŰŲƯǓỤỦỨỪỬỮỰ",
        "w": "ŵŴ",
        "y": "ýÿŷỳỵỷỹÝŸŶỲỴỶỸ",
        "z": "źżžŹŻŽ"
    } -%}
    {%- set accents = "\u0300\u0301\u0302\u0303\u0304\u0306\u0307\u0308\u0309\u030a\u030b\u030c\u031b\u0323\u0326\u0327\u0328" -%}
    {%- set plain = namespace(letters="") -%}
    {%- for letter, accented in folds.items() -%}
        {%- set plain.letters = plain.letters ~ letter * accented | length -%}
    {%- endfor -%}
    {%- set folded = "translate(" ~ column ~ ", '" ~ folds.values() | join ~ accents ~ "', '" ~ plain.letters ~ "')" -%}
    {%- set doubles = {"ß": "ss", "ẞ": "ss", "æ": "ae", "Æ": "ae", "œ": "oe", "Œ": "oe", "þ": "th", "Þ": "th"} -%}
    {#- Looking up every letter in a long list is slow, and most names need none of it. -#}
    case when {{ matches_pattern(column, "'[^ -}]'") }} then {{ "replace(" * doubles | length }}{{ folded }}
    {%- for letter, letters in doubles.items() -%}
        , '{{ letter }}', '{{ letters }}')
    {%- endfor %} else {{ column }} end
{%- endmacro %}
