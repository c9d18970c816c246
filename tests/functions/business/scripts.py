"""A server script whose actions try the executor: on table `things`, which knows no row-level security."""

SERVER = """<?xml version="1.0" encoding="UTF-8"?>
<server xmlns="urn:waihu:server:1" pack="csat">
  <action id="add" roles="agent">
    <param name="id" type="integer" required="yes"/>
    <param name="name" type="text" required="yes"/>
    <insert name="added" rows="0..n">INSERT INTO things (id, name) VALUES (:id, :name)</insert>
    <on-error sqlstate="23505" code="already_there">已经有了。</on-error>
    <data/>
  </action>
  <action id="add_and_tell" roles="agent">
    <param name="id" type="integer" required="yes"/>
    <param name="name" type="text" required="yes"/>
    <insert name="added" rows="1">INSERT INTO things (id, name, at) VALUES (:id, :name, now()) RETURNING id, at</insert>
    <select name="all" rows="1..n">SELECT id, name FROM things ORDER BY id</select>
    <data>
      <value name="at" type="datetime" column="added.at"/>
      <value name="who" type="text" column="session.agent"/>
      <list name="things" from="all">
        <value name="id" type="integer"/><value name="called" type="text" column="name"/>
      </list>
    </data>
  </action>
  <action id="rename" roles="agent">
    <param name="id" type="integer" required="yes"/>
    <param name="name" type="text" required="yes"/>
    <update name="renamed" rows="1">UPDATE things SET name = :name WHERE id = :id</update>
    <data/>
  </action>
  <action id="chain" roles="agent">
    <param name="id" type="integer" required="yes"/>
    <insert name="first">INSERT INTO things (id, name) VALUES (:id, 'first') RETURNING id + 1 AS next</insert>
    <insert name="second" rows="0..n">INSERT INTO things (id, name) VALUES (:first.next, 'second') RETURNING id</insert>
    <fail when="${second.id} = 100" code="a_hundred">一百不行。</fail>
    <data><value name="second" type="integer" column="second.id"/></data>
  </action>
  <action id="guarded" roles="agent">
    <param name="id" type="integer" required="yes"/>
    <select name="found" rows="0..1">SELECT id FROM things WHERE id = :id FOR UPDATE</select>
    <fail when="not(answered(${found.id}))" code="not_there">没有。</fail>
    <insert name="copy" rows="0..n">
      INSERT INTO things (id, name) SELECT 5, NULL WHERE NOT EXISTS (SELECT FROM things WHERE id = :id)
    </insert>
    <data/>
  </action>
  <action id="early" roles="agent">
    <param name="id" type="integer" required="yes"/>
    <fail when="${id} lt 0" code="negative">负数不行。</fail>
    <insert name="added" rows="0..n">INSERT INTO things (id, name) VALUES (:id, 'x')</insert>
    <data/>
  </action>
  <action id="list" roles="agent supervisor">
    <param name="name" type="text"/>
    <param name="ids" type="integer" many="yes"/>
    <select name="all">
      SELECT id, name, n FROM things
      <where>
        <if test="answered(${name})">name = :name</if>
        <if test="count-selected(${ids}) > 0">AND id = ANY(:ids)</if>
      </where>
      ORDER BY id
    </select>
    <data><list name="things" from="all"><value name="id" type="integer"/><value name="n" type="integer"/></list></data>
  </action>
  <action id="tree" roles="agent">
    <select name="parents">SELECT id, name FROM things WHERE parent IS NULL ORDER BY id</select>
    <select name="children">SELECT id, parent FROM things WHERE parent IS NOT NULL ORDER BY id</select>
    <data>
      <list name="parents" from="parents">
        <value name="id" type="integer"/>
        <value name="name" type="text" mask="yes"/>
        <list name="children" from="children" on="parent" to="id"><value name="id" type="integer"/></list>
      </list>
    </data>
  </action>
  <action id="leaves" roles="agent">
    <select name="children">SELECT id, name, parent FROM things WHERE parent IS NOT NULL ORDER BY id</select>
    <select name="parents">SELECT id, name FROM things WHERE parent IS NULL ORDER BY id</select>
    <data>
      <list name="leaves" from="children">
        <value name="id" type="integer"/>
        <record name="about" from="children"><value name="name" type="text"/></record>
        <record name="under" from="parents" on="id" to="parent"><value name="name" type="text"/></record>
      </list>
    </data>
  </action>
  <action id="keep_number" roles="agent">
    <param name="id" type="integer" required="yes"/>
    <param name="phone" type="phone" required="yes"/>
    <insert name="added" rows="1">
      INSERT INTO things (id, name, cipher) VALUES (:id, 'phone', :phone.cipher) RETURNING cipher
    </insert>
    <data><value name="phone" type="phone" column="added.cipher" mask="no"/></data>
  </action>
  <action id="reveal" roles="agent" reveals="yes">
    <param name="id" type="integer" required="yes"/>
    <select name="found" rows="1">SELECT cipher FROM things WHERE id = :id</select>
    <data>
      <value name="number" type="phone" column="found.cipher" mask="dialler"/>
      <value name="masked" type="phone" column="found.cipher" mask="yes"/>
    </data>
  </action>
  <action id="wrong_shape" roles="agent">
    <param name="id" type="integer" required="yes"/>
    <insert name="added" rows="0..n">INSERT INTO things (id, name) VALUES (:id, 'x') RETURNING name</insert>
    <data><value name="n" type="integer" column="added.name"/></data>
  </action>
  <action id="broken_sql" roles="agent">
    <insert name="bad" rows="0..n">INSERT INTO no_such_table VALUES (1)</insert>
    <data/>
  </action>
  <action id="forbidden" roles="agent">
    <insert name="bad" rows="0..n">INSERT INTO platform.journal (agent) VALUES ('li')</insert>
    <data/>
  </action>
  <action id="slow" roles="agent">
    <select name="slept" rows="0..n">SELECT pg_sleep(8)::text AS s</select>
    <data/>
  </action>
  <action id="types" roles="agent">
    <param name="text" type="text"/><param name="integer" type="integer"/><param name="decimal" type="decimal"/>
    <param name="boolean" type="boolean"/><param name="date" type="date"/><param name="time" type="time"/>
    <param name="datetime" type="datetime"/><param name="choice" type="choice"/><param name="choices" type="choices"/>
    <param name="email" type="email"/><param name="uuid" type="uuid"/><param name="json" type="json"/>
    <param name="answers" type="answers"/><param name="phone" type="phone"/>
    <param name="defaulted" type="integer" default="7"/>
    <select name="echo">
      SELECT :text AS text, :integer AS integer, :decimal AS decimal, :boolean AS boolean, :date AS date, :time AS time,
             :datetime AS datetime, :choice AS choice, :choices AS choices, :email AS email, :uuid AS uuid,
             :json AS json,
             :answers AS answers, :phone.cipher AS phone, :defaulted AS defaulted
    </select>
    <data>
      <record name="echo" from="echo">
        <value name="text" type="text"/><value name="integer" type="integer"/><value name="decimal" type="decimal"/>
        <value name="boolean" type="boolean"/><value name="date" type="date"/><value name="time" type="time"/>
        <value name="datetime" type="datetime"/><value name="choice" type="choice"/>
        <value name="choices" type="choices"/><value name="email" type="email"/><value name="uuid" type="uuid"/>
        <value name="json" type="json"/><value name="answers" type="json"/><value name="phone" type="phone"/>
        <value name="defaulted" type="integer"/>
      </record>
    </data>
  </action>
  <action id="missing_rows" roles="agent">
    <select name="none" rows="1">SELECT id FROM things WHERE false</select>
    <data/>
  </action>
  <action id="for_supervisors" roles="supervisor">
    <select name="x">SELECT 1 AS x</select>
    <data/>
  </action>
  <action id="end" roles="agent" finishes="outcome">
    <param name="outcome" type="text" required="yes"/>
    <insert name="ended">INSERT INTO things (id, name) SELECT 1, :outcome FROM outcomes WHERE code = :outcome</insert>
    <data/>
  </action>
  <action id="bulk" roles="agent">
    <param name="rows" type="json" many="yes" required="yes"/>
    <insert name="added" rows="0..n">INSERT INTO things (id, name)
      <foreach over="rows" item="row" open="VALUES " separator=", ">(:row.id::int, :row.name)</foreach></insert>
    <data/>
  </action>
</server>
"""
