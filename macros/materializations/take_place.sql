{#
    A relation that was made beside another takes its name, and the views that stand on it stay: those of a
    BI tool, and ours that others read while a build goes on. dbt drops them with the old relation, those
    of its own until it comes to make them, all others for good.

    They are dropped and made again in the transaction of the swap, with their definition, owner, options, grants
    and comments, and readers wait for it as they wait for the new table. Views before what they stand on: a
    reader takes its locks in that order. One swap at a time, where there are views: two of them might have
    one in common. Gone are a view that no longer fits (a column that it reads is gone), one whose owner is a role
    that the builder is no member of, and materialized views; Postgres' log says which and why.
#}
{% macro take_place(old, made, new) %}
    do $swap$
    declare
        standing oid[];
        kept text[] := '{}';
        statements text[] := '{}';
        statement text;
        found record;
    begin
        {{ views_upon(old) }}
        if standing <> '{}' then
            perform pg_advisory_xact_lock(hashtext('clientele.take_place'));
            -- What was swapped while we waited.
            {{ views_upon(old) }}
        end if;
        for found in
            select
                cast(views.oid as regclass) as name,
                views.relkind = 'v' and pg_has_role(views.relowner, 'member') as is_kept,
                pg_get_viewdef(views.oid) as definition,
                coalesce('with (' || array_to_string(views.reloptions, ', ') || ')', '') as options,
                views.oid,
                views.relowner,
                views.relacl
            from unnest(standing) with ordinality as listed (oid, place)
            inner join pg_class as views on listed.oid = views.oid
            order by listed.place
        loop
            if not found.is_kept then
                raise warning 'a view that stood on {{ new.identifier }} is gone: % is materialized or of another owner', found.name;
                continue;
            end if;
            kept := kept || cast(found.name as text);
            statements := statements || concat_ws(
                '; ',
                format('create view %s %s as %s', found.name, found.options, rtrim(found.definition, ';')),
                (
                    select string_agg(
                        format(
                            'grant %s%s on %s to %s%s',
                            acl.privilege_type,
                            ' (' || quote_ident(privileges.column_name) || ')',
                            found.name,
                            case when acl.grantee = 0 then 'public' else quote_ident(pg_get_userbyid(acl.grantee)) end,
                            case when acl.is_grantable then ' with grant option' end
                        ), '; '
                    )
                    from (
                        select null as column_name, found.relacl as acl
                        union all
                        select attname, attacl from pg_attribute where attrelid = found.oid and attacl is not null
                    ) as privileges
                    cross join aclexplode(privileges.acl) as acl
                    where acl.grantee <> found.relowner
                ),
                (
                    select string_agg(
                        case
                            when comments.objsubid = 0 then format('comment on view %s is %L', found.name, comments.description)
                            else format(
                                'comment on column %s.%I is %L', found.name, pg_attribute.attname, comments.description
                            )
                        end, '; '
                    )
                    from pg_description as comments
                    left join pg_attribute on attrelid = comments.objoid and attnum = comments.objsubid
                    where comments.objoid = found.oid and comments.classoid = 'pg_class'::regclass
                ),
                case
                    when found.relowner <> current_user::regrole
                        then format('alter view %s owner to %I', found.name, pg_get_userbyid(found.relowner))
                end
            );
        end loop;
        for place in reverse cardinality(kept)..1 loop
            execute format('drop view if exists %s cascade', kept[place]);
        end loop;
        {{ get_drop_sql(old) }};
        alter {{ new.type }} {{ made }} rename to {{ adapter.quote(new.identifier) }};
        foreach statement in array statements loop
            begin
                execute statement;
            exception when others then
                raise warning 'a view that stood on {{ new.identifier }} is gone: %: %', sqlerrm, statement;
            end;
        end loop;
    end
    $swap$;
{% endmacro %}

{# The views that stand on a relation, and on these, into the array `standing`: each after what it stands on. #}
{% macro views_upon(relation) %}
    standing := array(
        with recursive upon (oid, depth) as (
            select cast(to_regclass('{{ relation }}') as oid), 0
            union
            select pg_rewrite.ev_class, upon.depth + 1
            from upon
            inner join pg_depend
                on
                    pg_depend.refclassid = 'pg_class'::regclass
                    and pg_depend.refobjid = upon.oid
                    and pg_depend.classid = 'pg_rewrite'::regclass
            inner join pg_rewrite on pg_depend.objid = pg_rewrite.oid
            where pg_rewrite.ev_class <> upon.oid
        )

        select upon.oid
        from upon
        inner join pg_class on upon.oid = pg_class.oid
        where upon.depth > 0 and pg_class.relkind in ('v', 'm')
        group by upon.oid
        order by max(upon.depth)
    );
{% endmacro %}
